/** The corners that histories must come to, apart from the crash points: each is counted by this name. */
export const CORNERS = [
  'another gateway answered',
  'answer of the store lost',
  'charge came after the fence',
  'charge came twice',
  'charge sent again that never arrived',
  'circuit to the gateway open',
  'clock set',
  'clock set back by hours',
  'duplicate of an order just paid refused',
  'edit fenced an attempt',
  'edit lost against a capture',
  'end left to the edit that fenced',
  'expiry met a payment or another worker',
  'failed order let go',
  'fence lost',
  'fence won',
  'gateway down',
  'key of a payment finished by somebody else',
  'key replayed',
  'key replayed after a crash',
  'late capture owed back',
  'late capture refunded',
  'late capture refunded, not at once',
  'lease taken over from a dead worker',
  'lease taken over from a slow worker',
  'notification before the answer',
  'notification forged',
  'notification repeated',
  'notification when nobody looked any more',
  'notification while a worker asks',
  'order expired',
  'payment overdue',
  'payment superseded by one for other lines',
  'process stopped for a while',
  'order let go came back',
  'order let go was replaced, and stays so',
  'read-repair',
  'reference met again',
  'refund not confirmed',
  'refund resent',
  'store out of reach',
  'time jumped',
  'transaction done again after a conflict',
  'too many unpaid orders refused',
  'two attempts captured, one of them owed back',
  'unfinished key met again after a crash',
] as const

/** A corner, or a crash at a named point. */
export type Corner = (typeof CORNERS)[number] | `crash ${string}`

/** What each use case calls, in the words of the crash points. */
const CALLS: Readonly<
  Record<string, Readonly<{ transactions?: string[]; store?: string[]; gateway?: string[] }>>
> = {
  createOrder: { transactions: ['first transaction'] },
  retryOrder: { transactions: ['first transaction'] },
  modifyOrder: {
    transactions: ['first transaction', 'later transaction'],
    store: ['noteFence'],
    gateway: ['void'],
  },
  cancelOrder: {
    transactions: ['first transaction', 'conclusion', 'later transaction'],
    gateway: ['lookup', 'void'],
  },
  payOrder: {
    transactions: ['first transaction', 'conclusion', 'later transaction'],
    store: ['noteOutcome'],
    gateway: ['charge', 'lookup', 'void'],
  },
  retryPayment: {
    transactions: ['first transaction', 'conclusion', 'later transaction'],
    store: ['noteFence', 'noteOutcome'],
    gateway: ['charge', 'lookup', 'void'],
  },
  reconcilePayments: {
    transactions: ['conclusion'],
    store: ['hastenChecks', 'leasePayments', 'noteOutcome', 'postponeCheck'],
    gateway: ['charge', 'lookup', 'void'],
  },
  acceptNotification: { store: ['acceptNotification'] },
  settleRefunds: { store: ['leaseRefunds', 'saveRefund'], gateway: ['refund'] },
  expireOrders: {
    transactions: ['first transaction', 'later transaction'],
    store: ['listUnpaid', 'listGivenUp'],
  },
  updateProduct: { transactions: ['first transaction'] },
  forgetKeys: { store: ['forgetKeys'] },
}

/** Every point at which a process can die, such as `after payOrder: charge`. */
export const CRASH_POINTS: readonly string[] = Object.entries(CALLS).flatMap(
  ([useCase, { transactions = [], store = [], gateway = [] }]) => {
    const points = (phases: readonly string[], calls: readonly string[]) =>
      calls.flatMap((call) => phases.map((phase) => `${phase} ${useCase}: ${call}`))
    return [
      ...points(['before', 'in', 'after'], transactions),
      ...points(['before', 'after'], store),
      ...points(['before', 'during', 'after'], gateway),
    ]
  },
)
