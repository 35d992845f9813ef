import { type Order, type Payment, type Store, StoreUnavailable } from '@holdfast/domain'
import { SpanKind } from '@opentelemetry/api'
import { aroundMethods, isPromiseLike } from './around.ts'
import { type Metrics, PAYMENT_OUTCOMES } from './metrics.ts'
import { inSpan } from './spans.ts'

/** The store with a span and a time for each operation, and a count of what its transactions change. */
export const watchStore = (store: Store, metrics: Metrics): Store =>
  aroundMethods(countChanges(store, metrics), (operation, call) =>
    inSpan(`store.${operation}`, { kind: SpanKind.CLIENT }, () => {
      const end = metrics.storeSeconds.startTimer({ operation })
      const result = call()
      if (isPromiseLike(result)) {
        result.then(
          () => end(),
          (error) => {
            end()
            if (error instanceof StoreUnavailable) metrics.storeUnavailable.inc()
          },
        )
      }
      return result
    }),
  )

/** A decision may run several times; what the last one changed is what was written. */
const countChanges = (store: Store, metrics: Metrics): Store => ({
  ...store,
  transaction: async (wanted, decide) => {
    let change: Readonly<{ before: Order | undefined; after: Order | undefined }> | undefined
    const value = await store.transaction(wanted, (found) => {
      const decision = decide(found)
      change = { before: found.order, after: decision.changes?.order }
      return decision
    })
    if (change?.after) countChange(metrics, change.before, change.after)
    return value
  },
})

const countChange = (metrics: Metrics, before: Order | undefined, after: Order): void => {
  for (const { from, action, to } of after.history.slice(before?.history.length ?? 0)) {
    metrics.transitions.inc({ from: from ?? 'none', action, to })
  }
  const known = new Map(before?.payments.map(({ id, state }) => [id, state]))
  for (const payment of after.payments) {
    if (!known.has(payment.id)) metrics.attempts.inc()
    if (payment.state !== 'PENDING' && known.get(payment.id) !== payment.state) {
      metrics.payments.inc({ outcome: outcomeOf(payment) })
    }
  }
}

const outcomeOf = ({ state, failure }: Payment): string => {
  if (state === 'SUCCEEDED') return 'captured'
  return PAYMENT_OUTCOMES.find((outcome) => outcome === failure?.code) ?? 'declined'
}
