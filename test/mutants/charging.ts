import { noStockConstraint, type PlantedBug } from './planted-bug.ts'

const PAY = 'use-cases/pay-order.ts'
const CLAIM = 'use-cases/claim-payment.ts'
const POLICY = 'rules/payment-policy.ts'
const FIND_OUT = 'use-cases/find-out.ts'
const RESEND = 'gateway.charge(payment, boundTo)'
const LIFECYCLE = 'rules/order-lifecycle.ts'

/** Bugs before and around a charge: the intent, its key, and what its answer means. */
export const chargingBugs: readonly PlantedBug[] = [
  {
    name: 'charges before the intent is written down',
    patches: [
      {
        file: PAY,
        find: '  claimPayment(ports, request, action).andThen(({ begun, repeated, ...claim }) => {',
        put: `  ResultAsync.fromSafePromise(chargeFirst(ports, request))
    .andThen((id) => claimPayment({ ...ports, newId: () => id }, request, action))
    .andThen(({ begun, repeated, ...claim }) => {`,
      },
      {
        file: PAY,
        find: '/** The second and third step of paying',
        put: `const chargeFirst = async ({ store, gateway, newId }, { orderId, paymentMethod }) => {
  const idempotencyKey = newId('pay')
  const order = await store.findOrder({ orderId })
  const canPay = order?.state === 'CREATED' || order?.state === 'PAYMENT_FAILED'
  if (canPay) await gateway.charge({ idempotencyKey, amount: order.total, paymentMethod })
  return idempotencyKey
}

/** The second and third step of paying`,
      },
    ],
  },
  {
    name: 'resends under a new key',
    patches: [
      {
        file: FIND_OUT,
        find: RESEND,
        put: "gateway.charge({ ...payment, id: payment.id + '_again' }, boundTo)",
      },
    ],
  },
  {
    name: 'resends another amount',
    patches: [
      {
        file: FIND_OUT,
        find: RESEND,
        put: `gateway.charge(
          { ...payment, amount: { ...payment.amount, amountMinor: payment.amount.amountMinor + 1 } },
          boundTo,
        )`,
      },
    ],
  },
  {
    name: 'resends for ever instead of fencing',
    patches: [
      {
        file: POLICY,
        find: `  now < deadlineAt &&
  (payer === 'customer' || now < createdAt + RESENDS_FOR_MS)`,
        put: '  payer !== undefined',
      },
    ],
  },
  {
    name: 'charges the next attempt under the key of the one before',
    patches: [
      {
        file: CLAIM,
        find: 'newAttempt(moved, { ...attempt, gatewayId: boundTo })',
        put: 'newAttempt(moved, { ...attempt, id: order.payments.at(-1)?.id ?? attempt.id, gatewayId: boundTo })',
      },
    ],
  },
  {
    name: 'begins a second attempt while the first is pending',
    patches: [
      {
        file: CLAIM,
        find: 'if (pending && !isOther)',
        put: 'if (pending && found.record && !isOther)',
      },
      {
        file: 'use-cases/edit-order.ts',
        find: 'if (!pending) return apply([])',
        put: 'if (order.id) return apply([])',
      },
      {
        file: LIFECYCLE,
        find: "  PAYMENT_IN_PROGRESS: { paymentSucceeded: 'PAYMENT_DONE', ",
        put: `  PAYMENT_IN_PROGRESS: { startPayment: 'PAYMENT_IN_PROGRESS', retryPayment: 'PAYMENT_IN_PROGRESS',
    paymentSucceeded: 'PAYMENT_DONE', `,
      },
    ],
  },
  {
    name: 'takes a charge without an answer for a decline',
    patches: [
      {
        file: PAY,
        find: '  return writeDown(ports, payment, answer, actor)',
        put: `  const failed = { state: 'declined', code: 'timeout', detail: 'No answer.' }
  return writeDown(ports, payment, answer.isOk() ? answer : { isErr: () => false, isOk: () => true, value: failed }, actor)`,
      },
    ],
  },
  {
    name: 'takes a charge that is not decided yet for a decline',
    patches: [
      {
        file: PAY,
        find: '  return writeDown(ports, payment, answer, actor)',
        put: `  const failed = { state: 'declined', code: 'pending', detail: 'Not captured.' }
  const told = answer.map((told) => (told.state === 'pending' ? failed : told))
  return writeDown(ports, payment, told, actor)`,
      },
    ],
  },
  {
    name: 'forgets to reserve the stock again on a retry',
    patches: [
      {
        file: CLAIM,
        find: "action === 'retryPayment' ? exchange(orderId, freed, claimed.lines, circumstances) : []",
        put: '[]',
      },
    ],
  },
  {
    name: 'retries a payment without a look at the stock',
    patches: [
      noStockConstraint,
      {
        file: 'use-cases/may-begin.ts',
        find: 'isHeld ? [] : shortLines(order.lines, found.products)',
        put: '[]',
      },
    ],
  },
  {
    name: 'fences the attempt that its own edit has begun',
    patches: [
      {
        file: CLAIM,
        find: '!isBegunByThisEdit(order, { lines, actor })',
        put: 'order.version > 0',
      },
    ],
  },
  {
    name: 'frees the basket before an edit is paid for, and reserves it for less',
    patches: [
      {
        file: CLAIM,
        find: 'exchange(orderId, freed, claimed.lines, circumstances)',
        put: 'exchange(orderId, [], claimed.lines, circumstances)',
      },
    ],
  },
  {
    name: 'claims for the lines of before when it edits and pays',
    patches: [
      {
        file: 'use-cases/may-begin.ts',
        find: '    ? replaceLines(order, lines, found, { actor, at }, freed)',
        put: '    ? replaceLines(order, order.lines, found, { actor, at }, freed)',
      },
    ],
  },
]
