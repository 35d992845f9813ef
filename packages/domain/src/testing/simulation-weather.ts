import type { SimulatedMethod } from './simulation-methods.ts'

/** What customers, admins and operators do. */
export type Deed =
  | 'create'
  | 'pay'
  | 'modify'
  | 'cancel'
  | 'retryOrder'
  | 'stock'
  | 'price'
  | 'repeat'
  | 'forgetKeys'

/**
 * How much goes on and how much goes wrong. Chances are from 0 to 1, by message or by step; `…Ms` are bounds of random
 * delays in ms, of which one is picked each time, so that most are short and a few are long.
 */
export type Weather = Readonly<{
  /** So many deeds, spread over so long. */
  deeds: number
  lastsMs: number
  instances: number
  /** How far the clocks of the instances are apart, at most. */
  skewMs: number
  /** How often messages between customers, instances and the gateway get lost or come twice, and how long they take. */
  loses: number
  doubles: number
  travelMs: readonly number[]
  /** Charges may be much slower than all else. */
  chargeTravelMs: readonly number[]
  /** How long an instance takes between two steps of its own. */
  stepMs: readonly number[]
  /** How long background work rests between two rounds. */
  restMs: readonly number[]
  /** The chance, at each step, that an instance is killed. */
  kills: number
  /** So many points at which an instance is killed, once each: any, or those that have one of these words in their name. */
  aims: number
  aimAt?: readonly string[]
  /** The chance, at each step, that an instance stops for a while, and that a clock is set. */
  stalls: number
  jumps: number
  /** The chance, at each step, that a clock is set back by hours. */
  setBacks: number
  /** The chance that the store fails before a call or after it. */
  storeFails: number
  /** The chance that an instance's circuit to the gateway is open. */
  refuses: number
  /** How often the gateway goes down, and for how long. */
  outages: number
  outageMs: readonly number[]
  /** The chance that another gateway answers in place of the right one, and for how long. */
  strangers: number
  strangerMs: readonly number[]
  /** Whether the gateway reports by itself, and how often somebody else pretends to be it. */
  notifies: boolean
  forgeries: number
  orderTtlMs: number
  duplicateWindowMs: number
  unpaidOrders: number
  /** How often an order is placed with one of few references. */
  references: number
  /** The chance that a request is sent several times at once. */
  bursts: number
  /** How often each, in proportion. */
  deed: Readonly<Partial<Record<Deed, number>>>
  method: Readonly<Partial<Record<SimulatedMethod, number>>>
}>

/** A minute. */
export const MINUTE_MS = 60_000

/** An hour. */
export const HOUR_MS = 3_600_000

/** A bit of everything. */
export const mixed: Weather = {
  deeds: 12,
  lastsMs: 6 * MINUTE_MS,
  instances: 2,
  skewMs: MINUTE_MS,
  loses: 0.06,
  doubles: 0.06,
  travelMs: [20, 20, 20, 500, 7_000],
  chargeTravelMs: [20, 20, 500, 7_000, 4 * MINUTE_MS],
  stepMs: [2, 2, 20, 2_000],
  restMs: [1_000, 5_000],
  kills: 0.004,
  aims: 5,
  stalls: 0.002,
  jumps: 0.002,
  setBacks: 0,
  storeFails: 0.01,
  refuses: 0.02,
  outages: 0.05,
  outageMs: [10_000, 5 * MINUTE_MS, HOUR_MS],
  strangers: 0.05,
  strangerMs: [10_000, 5 * MINUTE_MS, HOUR_MS],
  notifies: true,
  forgeries: 0.05,
  orderTtlMs: 24 * HOUR_MS,
  duplicateWindowMs: 20_000,
  unpaidOrders: 0,
  references: 0,
  bursts: 0.1,
  deed: {
    create: 4,
    pay: 7,
    modify: 3,
    cancel: 2,
    retryOrder: 1,
    stock: 1,
    price: 1,
    repeat: 2,
    forgetKeys: 0.4,
  },
  method: {
    approve: 4,
    decline: 2,
    ackLost: 2,
    slow: 2,
    late: 2,
    stubborn: 1,
    silent: 1,
    garbage: 1,
    crossing: 1,
  },
}

/** What is left when nothing goes wrong any more. */
export const calm = (weather: Weather): Weather => ({
  ...weather,
  loses: 0,
  doubles: 0,
  travelMs: [300],
  chargeTravelMs: [300],
  stepMs: [0],
  restMs: [1_000],
  kills: 0,
  aims: 0,
  stalls: 0,
  jumps: 0,
  setBacks: 0,
  storeFails: 0,
  refuses: 0,
  outages: 0,
  outageMs: [0],
  strangers: 0,
  strangerMs: [0],
  forgeries: 0,
  bursts: 0,
})
