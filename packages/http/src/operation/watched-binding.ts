import type { HeardGateway } from '@holdfast/domain'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'

/**
 * Hears of everybody who answers as the gateway: counts what comes from another one than the database is bound to, and says
 * so once each time that it changes.
 */
export const watchBinding = (log: Logger, metrics: Metrics): ((heard: HeardGateway) => void) => {
  let stranger: string | undefined
  return ({ gatewayId, boundTo }) => {
    if (boundTo === undefined) return
    const isForeign = gatewayId !== boundTo
    if (isForeign) metrics.foreignAnswers.inc()
    if (isForeign && stranger !== gatewayId) {
      log.error({ boundTo, gatewayId }, 'Another gateway answers: nothing that it says is believed')
    } else if (!isForeign && stranger !== undefined) {
      log.warn({ gatewayId }, 'The gateway that the database is bound to answers again')
    }
    stranger = isForeign ? gatewayId : undefined
  }
}
