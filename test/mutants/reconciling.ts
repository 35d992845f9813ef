import type { PlantedBug } from './planted-bug.ts'

const FIND_OUT = 'use-cases/find-out.ts'
const RECONCILE = 'use-cases/reconcile-payments.ts'
const LEASE = 'rules/lease.ts'
const POLICY = 'rules/payment-policy.ts'

/** Bugs in the search for an outcome: the schedule, the fence, the lease and the watch. */
export const reconcilingBugs: readonly PlantedBug[] = [
  {
    name: 'gives a payment up when the gateway is silent past the deadline',
    patches: [
      {
        file: FIND_OUT,
        find: '  if (answer.isOk() && isNews(payment, answer.value)) {',
        put: `  if (answer.isErr() && payment.state === 'PENDING' && isPastDeadline(payment, ports.clock.now())) {
    const failed = { state: 'declined', code: 'unreachable', detail: 'Given up.' }
    const conclusion = await concludePayment(ports, payment, failed, actor)
    return { answer, conclusion, outcome: null }
  }
  if (answer.isOk() && isNews(payment, answer.value)) {`,
      },
    ],
  },
  {
    name: 'takes a key that the gateway has not seen for a decline',
    patches: [
      {
        file: FIND_OUT,
        find: '    return undecided && mayFence',
        put: `    if (seen === undefined && payment.state === 'PENDING') {
      return ok({ state: 'declined', code: 'unknown', detail: 'Never seen.' })
    }
    return undecided && mayFence`,
      },
    ],
  },
  {
    name: 'fails an attempt at its deadline without a fence',
    patches: [
      {
        file: FIND_OUT,
        find: '? gateway.void(payment.id) : ok(seen)',
        put: "? ok({ state: 'voided' }) : ok(seen)",
      },
    ],
  },
  {
    name: 'fences at the first question, not at the deadline',
    patches: [
      { file: POLICY, find: '  now >= deadlineAt\n', put: '  now >= deadlineAt - 178_000\n' },
    ],
  },
  {
    name: 'never fences',
    patches: [{ file: POLICY, find: '  now >= deadlineAt\n', put: '  now > 8e15\n' }],
  },
  {
    name: 'drops a payment from the schedule after its deadline',
    patches: [
      {
        file: POLICY,
        find: '  if (now >= deadlineAt) return now + gapAt(createdAt, now)\n',
        put: '  if (now >= deadlineAt) return null\n',
      },
    ],
  },
  {
    name: 'trusts its lease: what the reconciler hears is written down unseen',
    patches: [
      {
        file: POLICY,
        find: '  if (!payment || !isNews(payment, outcome)) return { order, movements: [] }',
        put: `  if (!payment || (actor !== 'system' && !isNews(payment, outcome))) return { order, movements: [] }`,
      },
      {
        file: POLICY,
        find: "  if (payment.state === 'FAILED') return {",
        put: "  if (actor !== 'system' && payment.state === 'FAILED') return {",
      },
    ],
  },
  {
    name: 'leases a payment for ever',
    patches: [
      { file: LEASE, find: 'until: round + LEASE_MS', put: 'until: Infinity' },
      { file: LEASE, find: 'until <= now || until > latest', put: 'until <= now' },
    ],
  },
  {
    name: 'a check may lie in the future for ever',
    patches: [
      {
        file: POLICY,
        find: 'if (at === null || at - now <= LONGEST_EARLY_GAP_MS) return false',
        put: 'return false',
      },
    ],
  },
  {
    name: 'asks about a payment again at once when its clock is set back',
    patches: [
      { file: RECONCILE, find: 'Math.max(round, ports.clock.now())', put: 'ports.clock.now()' },
    ],
  },
  {
    name: 'plans no question about a new attempt',
    patches: [
      {
        file: 'rules/payment-claim.ts',
        find: '    nextCheckAt: nextCheckAt(times, now),',
        put: '    nextCheckAt: null,',
      },
    ],
  },
  {
    name: 'does not look at a fenced attempt again',
    patches: [
      {
        file: POLICY,
        find: 'isVoid ? nextWatchAt({ ...payment, updatedAt }, updatedAt, true) : null',
        put: 'null',
      },
    ],
  },
  {
    name: 'ends the watch of a fenced attempt although the gateway was silent',
    patches: [{ file: POLICY, find: 'isAnswered && now >=', put: 'now >=' }],
  },
]
