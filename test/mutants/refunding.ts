import type { PlantedBug } from './planted-bug.ts'

const POLICY = 'rules/payment-policy.ts'
const ACCEPT = 'use-cases/accept-notification.ts'
const REFUND = 'rules/refund.ts'
const SETTLE = 'use-cases/settle-refunds.ts'

/** Bugs in what is owed, and in what a gateway reports by itself. */
export const refundingBugs: readonly PlantedBug[] = [
  {
    name: 'owes a refund again after it was confirmed',
    patches: [
      { file: POLICY, find: "state === 'FAILED' && !refund &&", put: "state === 'FAILED' &&" },
    ],
  },
  {
    name: 'refunds a paid order when its capture is reported again',
    patches: [
      {
        file: POLICY,
        find: "(state === 'FAILED' && !refund && answer.state === 'captured')",
        put: "(!refund && answer.state === 'captured')",
      },
      {
        file: POLICY,
        find: "if (payment.state === 'FAILED') return",
        put: "if (payment.state !== 'PENDING') return",
      },
    ],
  },
  {
    name: 'asks for each refund with a key of its own',
    patches: [
      {
        file: SETTLE,
        find: 'const { paymentId: idempotencyKey, amount } = refund',
        put: "const { amount } = refund\n  const idempotencyKey = refund.paymentId + '_' + refund.attempts",
      },
    ],
  },
  {
    name: 'takes a refund for confirmed whatever the gateway says',
    patches: [
      {
        file: SETTLE,
        find: 'answer.isOk() ? confirmRefund(refund, now) : postponeRefund(refund, now)',
        put: 'confirmRefund(refund, now)',
      },
    ],
  },
  {
    name: 'forgets a refund that was refused once',
    patches: [
      {
        file: REFUND,
        find: '  nextAttemptAt: at + Math.min(LONGEST_GAP_MS, FIRST_GAP_MS * 2 ** refund.attempts),',
        put: '  nextAttemptAt: Infinity,',
      },
    ],
  },
  {
    name: 'refunds another amount than was taken',
    patches: [
      { file: REFUND, find: '    amount: payment.amount,', put: '    amount: order.total,' },
    ],
  },
  {
    name: 'believes a notification',
    patches: [
      {
        file: ACCEPT,
        find: 'store.acceptNotification({ ...notification, receivedAt: clock.now() })',
        put: `store.acceptNotification({ ...notification, receivedAt: clock.now() }).then(async (isNew) => {
      const order = await store.findOrder({ paymentId: notification.paymentId })
      const payment = order?.payments.find(({ id }) => id === notification.paymentId)
      if (payment && notification.type === 'charge.captured') {
        await concludePayment({ store, clock }, payment, { state: 'captured' }, 'system')
      }
      return isNew
    })`,
      },
      {
        file: ACCEPT,
        find: "import type { Ports } from './request.ts'",
        put: "import type { Ports } from './request.ts'\nimport { concludePayment } from './conclude-payment.ts'",
      },
    ],
  },
  {
    name: 'loses a notification that comes while its payment is being asked about',
    patches: [
      {
        file: 'testing/memory-work.ts',
        find: 'return payment.nextCheckAt === checkedAt\n',
        put: 'return true\n',
      },
    ],
  },
  {
    name: 'loses a notification that overtakes the answer',
    patches: [{ file: POLICY, find: 'failure && isAskedFor ?', put: 'false ?' }],
  },
]
