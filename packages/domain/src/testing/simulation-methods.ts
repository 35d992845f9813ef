import type { GatewayOutcome, StillPending } from '../rules/payment.ts'

/** What the gateway says of a key that it knows. */
export type GatewayState = (GatewayOutcome | StillPending)['state']

/** What a payment method makes the gateway do. Without `books` the charge leaves no trace. Times are ms. */
export type Behaviour = Readonly<{
  books?: GatewayState
  isSilent?: true
  /** Takes the money so long after the charge, at most; one of these, unless it is voided first. */
  capturesWithin?: readonly number[]
  /** Takes the money although it was voided or declined, so long after that. */
  defiesWithin?: readonly number[]
  /** And not before so long. */
  defiesAfter?: number
  /** Half of the time takes the money in the very moment in which it is to be voided. */
  crosses?: true
  refusesRefunds?: true
  forgets?: true
}>

const HOUR_MS = 3_600_000

/** The behaviours, by payment method. */
export const BEHAVIOURS = {
  approve: { books: 'captured' },
  decline: { books: 'declined' },
  ackLost: { books: 'captured', isSilent: true },
  slow: { books: 'pending', capturesWithin: [1_000, 9_000] },
  late: { books: 'pending', isSilent: true, capturesWithin: [200_000, 400_000] },
  crossing: { books: 'pending', isSilent: true, crosses: true },
  silent: { isSilent: true },
  garbage: {},
  forgetful: { books: 'captured', isSilent: true, forgets: true, refusesRefunds: true },
  stubborn: {
    books: 'pending',
    isSilent: true,
    defiesWithin: [1_000, 60_000, 600_000],
    refusesRefunds: true,
  },
  /** Hours after the fence, while the attempt is still looked at. */
  overnight: { books: 'pending', defiesWithin: [20 * HOUR_MS], refusesRefunds: true },
  /** When nobody looks any more: only a notification tells. */
  posthumous: { books: 'pending', defiesAfter: 25 * HOUR_MS, defiesWithin: [1_000, 35 * HOUR_MS] },
  /** Nobody looks at what was declined. */
  fickle: { books: 'declined', defiesWithin: [300, 300, 20_000, 20 * HOUR_MS] },
} as const satisfies Readonly<Record<string, Behaviour>>

/** The payment methods of the simulated gateway. What the last two do is found out by a notification alone. */
export type SimulatedMethod = keyof typeof BEHAVIOURS
