import { setTimeout as sleep } from 'node:timers/promises'
import { WrongGateway } from '@holdfast/adapters'
import type { UseCases } from '@holdfast/domain'
import type { Logger } from 'pino'

type Needs = Pick<UseCases, 'bindGateway' | 'isGatewayConfirmed'>

/**
 * Makes sure that the database is bound to the gateway that answers, unless it is known already, and says why it is not.
 * Until then, and from when another one answers, nobody else asks who is there: this is what notices the right one.
 */
export type EnsureGateway = () => Promise<WrongGateway | undefined>

/** Says in the log what it comes to, once each time that it changes. */
export const ensureGateway = (
  { bindGateway, isGatewayConfirmed }: Needs,
  log: Logger,
): EnsureGateway => {
  let told: string | undefined
  return async () => {
    if (isGatewayConfirmed()) return undefined
    const bound = await bindGateway()
    if (bound.isOk()) {
      const { gatewayId, before } = bound.value
      if (before === undefined) log.info({ gatewayId }, 'The database is bound to this gateway now')
      told = undefined
      return undefined
    }
    const { code, detail } = bound.error
    if (code === 'outcome_unknown') return undefined
    // Of another gateway than the one that the database is bound to everybody tells who hears of it.
    if (code === 'unproven_gateway' && told !== detail) {
      const { gatewayId, paymentId } = bound.error
      log.error({ gatewayId, paymentId }, `Nothing is asked of the gateway. ${detail}`)
    }
    told = detail
    return new WrongGateway(detail)
  }
}

/** Who it is, the payment that proves it, and who it is once more; and a database that is as slow as it may be. */
const MOST_CALLS = 3
const DATABASE_MS = 5000

/**
 * Throws where a gateway answers that is the wrong one. One that is silent for so long stops nobody, and neither does a
 * database that cannot be asked just now: the next look, in the background, tells.
 */
export const refuseWrongGateway = async (
  ensure: EnsureGateway,
  gatewayTimeoutMs: number,
): Promise<void> => {
  const patienceMs = MOST_CALLS * gatewayTimeoutMs + DATABASE_MS
  const found = ensure().catch(() => undefined)
  const wrong = await Promise.race([found, sleep(patienceMs, undefined, { ref: false })])
  if (wrong) throw wrong
}
