import { ok, type ResultAsync, safeTry } from 'neverthrow'
import type { OutcomeUnknown, StillPending } from '../ports/payment-gateway.ts'
import type { GatewayOutcome, Payment } from '../rules/payment.ts'
import { isPastDeadline, nextCheckAt } from '../rules/payment-policy.ts'
import { concludePayment } from './conclude-payment.ts'
import type { Ports } from './request.ts'

/** Which payments to ask about: those that are due, or at start-up all that are `PENDING`. */
export type ReconcilePayments = Readonly<{ all?: boolean }>

/** What a round of reconciliation came to, in payments. */
export type Reconciled = Readonly<{
  concluded: readonly Payment[]
  stillPending: readonly Payment[]
}>

/** So many payments are asked about at a time: enough to be quick, few enough not to overrun the gateway. */
const AT_A_TIME = 50

/** Longer than a worker needs for its questions; when one dies, its payments wait no longer than this. */
const LEASE_MS = 30_000

/**
 * Asks the gateway what became of the payments that are `PENDING`, and writes down what it says. Past its deadline an
 * attempt is fenced: the gateway burns its key, so that a charge that arrives later is refused. While the gateway
 * cannot say, nothing is guessed: the payment stays as it is and is asked about again.
 */
export const reconcilePayments =
  (ports: Ports) =>
  async ({ all = false }: ReconcilePayments = {}): Promise<Reconciled> => {
    const { store, clock } = ports
    const now = clock.now()
    if (all) await store.hastenChecks(now)
    const asked: Payment[] = []
    const failures: unknown[] = []
    for (;;) {
      const leased = await store.leasePayments({ now, until: now + LEASE_MS, limit: AT_A_TIME })
      if (leased.length === 0) break
      const work = leased.map((payment) => reconcilePayment(ports, payment))
      for (const one of await Promise.allSettled(work)) {
        if (one.status === 'fulfilled') asked.push(one.value)
        else failures.push(one.reason)
      }
    }
    // One that fails keeps its lease, and is due again when that ends. It stops none of the others.
    if (failures.length > 0) throw failures[0]
    return {
      concluded: asked.filter(({ state }) => state !== 'PENDING'),
      stillPending: asked.filter(({ state }) => state === 'PENDING'),
    }
  }

const reconcilePayment = async (ports: Ports, payment: Payment): Promise<Payment> => {
  const outcome = await askGateway(ports, payment)
  if (outcome.isOk() && outcome.value && outcome.value.state !== 'pending') {
    const concluded = await concludePayment(ports, payment.id, outcome.value, 'system')
    return concluded.payment
  }
  const now = ports.clock.now()
  const postponed = {
    ...payment,
    nextCheckAt: nextCheckAt(payment, now),
    overdue: isPastDeadline(payment, now),
  }
  await ports.store.postponeCheck(postponed)
  return postponed
}

/** A lookup, and past the deadline the fence as well: only its answer ends an attempt that the gateway never decided. */
const askGateway = (
  { gateway, clock }: Pick<Ports, 'gateway' | 'clock'>,
  payment: Payment,
): ResultAsync<GatewayOutcome | StillPending | undefined, OutcomeUnknown> =>
  safeTry(async function* () {
    const seen = yield* gateway.lookup(payment.id)
    const undecided = seen === undefined || seen.state === 'pending'
    if (!undecided || !isPastDeadline(payment, clock.now())) return ok(seen)
    return gateway.void(payment.id)
  })
