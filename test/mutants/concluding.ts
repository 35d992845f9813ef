import type { PlantedBug } from './planted-bug.ts'

const POLICY = 'rules/payment-policy.ts'
const CONCLUDE = 'use-cases/conclude-payment.ts'

const LATE_MONEY =
  "  if (payment.state === 'FAILED') return { order: oweRefund(order, payment, at), movements: [] }"

/** Bugs in the end of an attempt: its state, its stock and the keys that wait for it. */
export const concludingBugs: readonly PlantedBug[] = [
  {
    name: 'concludes without looking at the state of the payment',
    patches: [
      {
        file: POLICY,
        find: '  if (!payment || !isNews(payment, outcome)) return { order, movements: [] }',
        put: '  if (!payment) return { order, movements: [] }',
      },
      { file: POLICY, find: LATE_MONEY, put: '' },
    ],
  },
  {
    name: 'releases the stock of a failed payment again when its money shows up',
    patches: [
      {
        file: POLICY,
        find: LATE_MONEY,
        put: LATE_MONEY.replace('movements: []', 'movements: release(order, { actor, at })'),
      },
      {
        file: CONCLUDE,
        find: 'changes: { order: concluded } }',
        put: 'changes: { order: concluded, movements } }',
      },
    ],
  },
  {
    name: 'releases the stock of a paid order instead of deducting it',
    patches: [{ file: POLICY, find: '(failure ? release : deduct)', put: 'release' }],
  },
  {
    name: 'keeps the stock of a failed payment',
    patches: [
      {
        file: POLICY,
        find: 'movements: (failure ? release : deduct)(order, { actor, at }),',
        put: 'movements: failure ? [] : deduct(order, { actor, at }),',
      },
    ],
  },
  {
    name: 'ignores money that shows up for a failed payment',
    patches: [
      {
        file: POLICY,
        find: "return state === 'PENDING' || (state === 'FAILED' && !refund && answer.state === 'captured')",
        put: "return state === 'PENDING'",
      },
    ],
  },
  {
    name: 'makes a failed payment a success when its money shows up',
    patches: [
      {
        file: POLICY,
        find: LATE_MONEY,
        put: `  if (payment.state === 'FAILED') {
    const paid = { ...payment, state: 'SUCCEEDED', failure: null, nextCheckAt: null }
    return { order: { ...order, payments: order.payments.map((p) => (p === payment ? paid : p)) }, movements: [] }
  }`,
      },
    ],
  },
  {
    name: 'does not answer the keys that wait for a payment when it ends',
    patches: [
      {
        file: CONCLUDE,
        find: `  concluded: {
    paymentId,
    outcome: writeOutcome(ok(told(order, paymentId))),
  },
`,
        put: '',
      },
    ],
  },
  {
    name: 'writes down what an edit has voided under its nose',
    patches: [
      { file: POLICY, find: '!byEdit && isLeftToEdit(payment, outcome, at)', put: 'false' },
    ],
  },
  {
    name: 'voids for an edit without a word before',
    patches: [
      {
        file: 'use-cases/edit-order.ts',
        find: 'store.noteFence(id, fenceUntil(clock.now()))',
        put: 'Promise.resolve()',
      },
    ],
  },
  {
    name: 'leaves to an edit for ever what it has voided',
    patches: [
      { file: POLICY, find: '!isFree(fencedUntil, leaseOf(now, now, 1))', put: '  now > 0\n' },
    ],
  },
]
