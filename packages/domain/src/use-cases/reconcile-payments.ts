import { leaseOf } from '../rules/lease.ts'
import type { Payment } from '../rules/payment.ts'
import {
  fenceUntil,
  isNews,
  isPastDeadline,
  nextCheckAt,
  nextWatchAt,
} from '../rules/payment-policy.ts'
import { type Finding, findOut } from './find-out.ts'
import type { TrustedPorts } from './request.ts'

/**
 * Which payments to ask about: those that are due, or at start-up all that are `PENDING`. Those whose check lies too far
 * ahead, because a clock was set back, are due as well, unless `trustClocks` leaves them out: whoever calls this every second
 * does so most of the time, or two servers whose clocks differ would ask every second. `onAsked` hears of each one as soon as
 * it was asked about, for those who watch.
 */
export type ReconcilePayments = Readonly<{
  all?: boolean
  trustClocks?: boolean
  onAsked?: () => void
}>

/** What a round of reconciliation came to, in payments; `owed` were captured although they had failed. */
export type Reconciled = Readonly<{
  concluded: readonly Payment[]
  stillPending: readonly Payment[]
  owed: readonly Payment[]
}>

/** So many payments are asked about at a time: enough to be quick, few enough not to overrun the gateway. */
const AT_A_TIME = 50

/**
 * Asks the gateway what became of the payments that are `PENDING`, and writes down what it says. A charge that never
 * arrived is sent again in its first half minute. Past its deadline an attempt is fenced: the gateway burns its key, so that
 * a charge that arrives later is refused. While the gateway cannot say, nothing is guessed: the payment stays as it is and is
 * asked about again. One that was fenced is looked at for a day more: should its money have moved all the same, a refund is
 * owed.
 */
export const reconcilePayments =
  (ports: TrustedPorts) =>
  async ({ all, trustClocks, onAsked }: ReconcilePayments = {}): Promise<Reconciled> => {
    const { store, clock } = ports
    const now = clock.now()
    if (all) await store.hastenChecks('pending', leaseOf(now, now, AT_A_TIME))
    if (!trustClocks) await store.hastenChecks('tooFarAhead', leaseOf(now, now, AT_A_TIME))
    const asked: Asked[] = []
    const failures: unknown[] = []
    for (;;) {
      const leased = await store.leasePayments(leaseOf(now, clock.now(), AT_A_TIME))
      if (leased.length === 0) break
      const work = leased.map((payment) => reconcilePayment(ports, payment, now).finally(onAsked))
      for (const one of await Promise.allSettled(work)) {
        if (one.status === 'fulfilled') asked.push(one.value)
        else failures.push(one.reason)
      }
    }
    // One that fails keeps its lease, and is due again when that ends. It stops none of the others.
    if (failures.length > 0) throw failures[0]
    const afterwards = (has: (asked: Asked) => boolean) =>
      asked.filter(has).map(({ after }) => after)
    return {
      concluded: afterwards((each) => wasPending(each) && each.after.state !== 'PENDING'),
      stillPending: afterwards((each) => wasPending(each) && each.after.state === 'PENDING'),
      owed: afterwards(({ before, after }) => !before.refund && after.refund !== null),
    }
  }

/** A payment before and after it was asked about. */
type Asked = Readonly<{ before: Payment; after: Payment }>

const wasPending = ({ before }: Asked): boolean => before.state === 'PENDING'

/** The next check comes after this round, even if the clock is set back during it: a round asks once. */
const reconcilePayment = async (
  ports: TrustedPorts,
  before: Payment,
  round: number,
): Promise<Asked> => {
  const { answer, conclusion, outcome } = await findOut(ports, before, 'system', 'reconciler')
  if (conclusion) return { before, after: conclusion.payment }
  const now = Math.max(round, ports.clock.now())
  const after = { ...before, outcome, ...planned(before, now, answer) }
  await ports.store.postponeCheck({ ...after, checkedAt: before.nextCheckAt })
  return { before, after }
}

/** Silence is no answer, so the watch goes on. A decline needs none: should its money move, a notification tells. */
const planned = (
  payment: Payment,
  now: number,
  answer: Finding['answer'],
): Pick<Payment, 'nextCheckAt' | 'overdue'> => {
  if (payment.state === 'PENDING') {
    const isLeft = answer.isOk() && isNews(payment, answer.value) // To an edit, which may have died.
    const plan = nextCheckAt(payment, now)
    return {
      nextCheckAt: isLeft ? Math.min(plan, fenceUntil(now)) : plan,
      overdue: isPastDeadline(payment, now) && !isLeft,
    }
  }
  const isOver = payment.refund || (answer.isOk() && answer.value?.state === 'declined')
  return {
    nextCheckAt: isOver ? null : nextWatchAt(payment, now, answer.isOk()),
    overdue: false,
  }
}
