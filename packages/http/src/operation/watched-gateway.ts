import type { PaymentGateway } from '@holdfast/domain'
import { SpanKind } from '@opentelemetry/api'
import { waitingFor } from '../defence/load.ts'
import { aroundMethods, isPromiseLike } from './around.ts'
import type { Metrics } from './metrics.ts'
import { inSpan } from './spans.ts'

/** The gateway with a span and a time for each call, during which the request at hand takes no place. */
export const watchGateway = (gateway: PaymentGateway, metrics: Metrics): PaymentGateway =>
  aroundMethods(gateway, (method, call) => {
    if (method === 'isAvailable') return call()
    return inSpan(`gateway.${method}`, { kind: SpanKind.CLIENT }, () => {
      const end = metrics.gatewaySeconds.startTimer({ call: method })
      const answer = waitingFor('gateway', call)
      if (isPromiseLike(answer)) {
        answer.then(
          (value) => end({ outcome: outcomeOf(value) }),
          () => end({ outcome: 'thrown' }),
        )
      }
      return answer
    })
  })

/** What the gateway said: a state, nothing about a key that it never saw, who it is, or nothing usable. */
const outcomeOf = (answer: unknown): string => {
  if (typeof answer !== 'object' || answer === null || !('value' in answer)) return 'unknown'
  const { value } = answer
  if (typeof value !== 'object' || value === null || !('answer' in value)) return 'identity'
  const { answer: said } = value
  return typeof said === 'object' && said !== null && 'state' in said
    ? String(said.state)
    : 'unseen'
}
