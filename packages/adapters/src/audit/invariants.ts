/**
 * What an audit checks. I and G hold at every moment, in one snapshot, but for what G1 and G2 say of money that is on its
 * way; L hold when nothing is under way.
 */
export const invariants = {
  I1: 'reserved is what CREATED and PAYMENT_IN_PROGRESS orders hold',
  I2: 'quantity is what was set minus what was paid for, and the sum of the movements',
  I3: '0 <= reserved <= quantity',
  I4: '1 to 100 lines, no product twice, quantity >= 1, price >= 0',
  I5: 'the total is the sum of the lines, a safe integer, in one currency',
  I6: 'one open order of a user and basket, unless a duplicate was asked for',
  I7: 'the stored fingerprint is the one that the lines give',
  I8: 'history is dense, a chain, and ends in the state',
  I9: 'every step of history is in the lifecycle',
  I10: 'nothing follows PAYMENT_DONE or ORDER_CANCELLED',
  I11: 'the version counts the history',
  I12: 'at most one attempt is PENDING and at most one SUCCEEDED',
  I13: 'PAYMENT_IN_PROGRESS means one PENDING attempt',
  I14: 'PAYMENT_DONE means one SUCCEEDED, for its total and version',
  I15: 'attempts are numbered and never overlap in time',
  I16: 'a refund is of a FAILED payment and of its amount, at most one each',
  G1: 'captures minus refunds: 1 if PAYMENT_DONE, else 0',
  G2: 'every capture is of a SUCCEEDED payment, or was given back',
  G3: 'at most one refund a capture, of its amount',
  G4: 'what SUCCEEDED was captured, with its amount',
  G5: 'every key at the gateway is the id of a payment',
  L1: 'no attempt is open longer than the gateway may take to answer for it',
  L2: 'final and failed orders hold nothing; no key, lease or debt is left behind',
} as const satisfies Readonly<Record<string, string>>

/** The short name of an invariant. */
export type InvariantId = keyof typeof invariants
