import { HOUR_MS, MINUTE_MS, mixed, type Weather } from './simulation-weather.ts'

/** Weather of another kind for each rare corner, because chance alone seldom comes there. */
const directed = {
  /** Charges that are still on their way when the attempt is fenced. */
  'slow charges': {
    chargeTravelMs: [7_000, 4 * MINUTE_MS, 10 * MINUTE_MS],
    method: { approve: 6, decline: 1, slow: 1, late: 1 },
    jumps: 0.02,
    deed: { create: 3, pay: 8, modify: 1 },
  },
  /** Money that is taken in spite of a void, at once or hours later, and debts that are hard to pay. */
  'late captures': {
    method: { stubborn: 6, overnight: 2, forgetful: 3, late: 2, crossing: 2, approve: 2 },
    deed: { create: 2, pay: 8, modify: 1 },
    deeds: 8,
    lastsMs: 12 * MINUTE_MS,
    aims: 8,
    aimAt: ['settleRefunds', 'reconcilePayments'],
  },
  /** The same, and nobody tells. */
  'silent captures': {
    notifies: false,
    forgeries: 0,
    method: { stubborn: 5, overnight: 2, forgetful: 2, late: 2, ackLost: 2, approve: 2 },
    deed: { create: 2, pay: 8, modify: 2 },
    deeds: 8,
    lastsMs: 12 * MINUTE_MS,
  },
  /** Money that is taken when nobody looks any more. */
  'last notifications': {
    deeds: 6,
    deed: { create: 2, pay: 6 },
    method: { posthumous: 5, fickle: 3, approve: 1 },
    lastsMs: 4 * MINUTE_MS,
  },
  /** Notifications before the answer, twice, late, or from somebody else. */
  notifications: {
    forgeries: 0.4,
    doubles: 0.3,
    travelMs: [20, 4_500],
    chargeTravelMs: [20, 500],
    method: { approve: 2, ackLost: 2, slow: 2, late: 1, stubborn: 1, fickle: 6 },
    deed: { create: 3, pay: 8, cancel: 1 },
  },
  /** Edits that meet captures. */
  edits: {
    deed: { create: 2, pay: 5, modify: 8, cancel: 1 },
    method: { slow: 4, late: 2, ackLost: 3, crossing: 3, stubborn: 1, approve: 1, silent: 1 },
    travelMs: [20, 500, 4_000],
    aims: 8,
    aimAt: ['modifyOrder'],
  },
  /** Workers that die or sleep while others take over what they had begun. */
  leases: {
    instances: 3,
    stalls: 0.02,
    kills: 0.01,
    method: { late: 3, ackLost: 3, slow: 3, silent: 2, crossing: 2, stubborn: 2, decline: 1 },
    deed: { create: 3, pay: 8, modify: 1 },
    restMs: [200, 1_000],
  },
  /** Crashes, one after the other. */
  crashes: { kills: 0.02, aims: 25, deeds: 14 },
  /** Nobody looks for a while, so that customers find out by themselves. */
  'lazy workers': {
    restMs: [HOUR_MS],
    lastsMs: 16 * MINUTE_MS,
    deeds: 28,
    method: { late: 3, silent: 9, crossing: 3, decline: 4 },
    deed: { create: 4, pay: 10, cancel: 7, modify: 1 },
    notifies: false,
    forgeries: 0,
    aims: 20,
    aimAt: ['cancelOrder', 'payOrder: void', 'retryPayment: void'],
  },
  /** The same request many times at once, and answers that come when others know already. */
  races: {
    bursts: 0.9,
    unpaidOrders: 1,
    doubles: 0.2,
    loses: 0,
    deeds: 14,
    travelMs: [5, 4_000],
    chargeTravelMs: [20, 500],
    method: { approve: 3, decline: 6, slow: 1 },
    deed: { create: 2, pay: 12, modify: 1, cancel: 1 },
    aims: 8,
    aimAt: [': later transaction', 'payOrder: conclusion', 'retryPayment: conclusion'],
  },
  /** Declines, new attempts, and little stock that others want too. */
  retries: {
    unpaidOrders: 3,
    deeds: 18,
    method: { decline: 6, ackLost: 1, slow: 1, silent: 1, crossing: 1, approve: 2 },
    deed: { create: 5, pay: 10, modify: 1, stock: 4, retryOrder: 2 },
    aims: 10,
    aimAt: ['retryPayment', 'retryOrder', 'updateProduct'],
  },
  /** Orders that run out while somebody begins to pay. */
  expiry: {
    orderTtlMs: 2 * MINUTE_MS,
    duplicateWindowMs: 2 * MINUTE_MS,
    references: 0.4,
    deeds: 26,
    deed: { create: 11, pay: 11, modify: 2, cancel: 1, retryOrder: 1, stock: 1, forgetKeys: 2 },
    restMs: [MINUTE_MS, 6 * MINUTE_MS],
    stepMs: [2, 9_000, 40_000],
    aims: 8,
    aimAt: ['expireOrders: first', 'expireOrders: later', 'forgetKeys'],
  },
  /** Orders that fail and are given up, and ordered and retried all the same. */
  'given up': {
    orderTtlMs: 10_000,
    duplicateWindowMs: 5 * MINUTE_MS,
    instances: 1,
    lastsMs: 10 * MINUTE_MS,
    deeds: 40,
    deed: { create: 8, pay: 12, retryOrder: 3, modify: 1, stock: 1 },
    method: { decline: 5, approve: 1 },
    restMs: [1_000],
    notifies: false,
    forgeries: 0,
    aims: 4,
    aimAt: ['expireOrders', 'retryOrder', 'retryPayment: first'],
  },
  /** A server whose clock ran hours ahead until somebody set it, while charges are under way that nobody reports. */
  'clocks set back': {
    instances: 1,
    setBacks: 0.02,
    kills: 0,
    aims: 0,
    outages: 0,
    deeds: 8,
    lastsMs: 3 * MINUTE_MS,
    method: { ackLost: 5, slow: 2, late: 2, stubborn: 1, silent: 0.3, approve: 1 },
    deed: { create: 3, pay: 8, modify: 1 },
    notifies: false,
    forgeries: 0,
  },
  /** A gateway that is away for longer than a payment waits, or than a fenced attempt is looked at. */
  outages: {
    outages: 1,
    outageMs: [2 * HOUR_MS, 90 * HOUR_MS],
    lastsMs: 20 * MINUTE_MS,
    refuses: 0.2,
    notifies: false,
    forgeries: 0,
    method: { approve: 2, decline: 1, ackLost: 1, late: 2, stubborn: 1, overnight: 5, silent: 1 },
  },
  /** Another gateway in place of the right one, as after a start with an empty volume, past many a deadline. */
  strangers: {
    strangers: 1,
    strangerMs: [MINUTE_MS, HOUR_MS],
    lastsMs: 12 * MINUTE_MS,
    method: { approve: 3, decline: 2, ackLost: 4, slow: 2, late: 1, stubborn: 2, forgetful: 1 },
    deed: { create: 3, pay: 8, modify: 3, cancel: 1 },
  },
} as const satisfies Readonly<Record<string, Partial<Weather>>>

/** The kinds of weather, by name. */
export const MODES: Readonly<Record<string, Weather>> = {
  mixed,
  ...Object.fromEntries(
    Object.entries(directed).map(([name, changes]) => [name, { ...mixed, ...changes }]),
  ),
}
