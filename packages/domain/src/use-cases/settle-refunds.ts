import { leaseOf } from '../rules/lease.ts'
import { confirmRefund, postponeRefund, type Refund } from '../rules/refund.ts'
import type { TrustedPorts } from './request.ts'

type Needs = Pick<TrustedPorts, 'store' | 'gateway' | 'clock'>

/** What a round came to. */
export type Settled = Readonly<{ confirmed: readonly Refund[]; stillOwed: readonly Refund[] }>

/** So many refunds are asked for at a time. */
const AT_A_TIME = 20

/**
 * Asks the gateway for the refunds that are owed and due, each with the key that it always has, and writes down which of
 * them it confirmed. A crash in between is harmless: the gateway gives nothing back twice under one key.
 */
export const settleRefunds =
  ({ store, gateway, clock }: Needs) =>
  async (): Promise<Settled> => {
    const now = clock.now()
    const asked: Refund[] = []
    for (;;) {
      const leased = await store.leaseRefunds(leaseOf(now, clock.now(), AT_A_TIME))
      if (leased.length === 0) break
      asked.push(
        ...(await Promise.all(leased.map((each) => settle({ store, gateway, clock }, each, now)))),
      )
    }
    return {
      confirmed: asked.filter(({ state }) => state === 'CONFIRMED'),
      stillOwed: asked.filter(({ state }) => state === 'OWED'),
    }
  }

/** The next attempt comes after this round, even if the clock is set back during it. */
const settle = async (
  { store, gateway, clock }: Needs,
  refund: Refund,
  round: number,
): Promise<Refund> => {
  const { paymentId: idempotencyKey, amount } = refund
  const answer = await gateway.refund({ idempotencyKey, amount })
  const now = Math.max(round, clock.now())
  const settled = answer.isOk() ? confirmRefund(refund, now) : postponeRefund(refund, now)
  await store.saveRefund(settled)
  return settled
}
