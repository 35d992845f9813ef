import type { Changes, Order, Store } from '@holdfast/domain'
import type { CommitWatch } from './crash-connections.ts'
import type { Reached } from './reached.ts'

/**
 * The store with crash points before and after everything that it commits. What a transaction writes is known once it has
 * decided: its name is passed on to the connection that it is decided on, for the point before COMMIT.
 */
export const crashStore = (
  store: Store,
  reached: Reached,
  { willCommit }: Pick<CommitWatch, 'willCommit'>,
): Store => {
  const around = <Asked extends readonly unknown[], Told>(
    name: string,
    call: (...asked: Asked) => Promise<Told>,
  ) => {
    return async (...asked: Asked): Promise<Told> => {
      reached(`before-writes:${name}`)
      const told = await call(...asked)
      const foundNothing = Array.isArray(told) && told.length === 0
      if (!foundNothing) reached(`after-commit:${name}`)
      return told
    }
  }
  return {
    ...store,
    transaction: async (wanted, decide) => {
      let name: string | undefined
      const value = await store.transaction(wanted, (found) => {
        const decision = decide(found)
        name = decision.changes && nameOf(found.order, decision.changes)
        if (name !== undefined) {
          reached(`before-writes:${name}`)
          willCommit(name)
        }
        return decision
      })
      if (name !== undefined) reached(`after-commit:${name}`)
      return value
    },
    acceptNotification: around('acceptNotification', store.acceptNotification),
    hastenChecks: around('hastenChecks', store.hastenChecks),
    leasePayments: around('leasePayments', store.leasePayments),
    noteFence: around('noteFence', store.noteFence),
    noteOutcome: around('noteOutcome', store.noteOutcome),
    postponeCheck: around('postponeCheck', store.postponeCheck),
    leaseRefunds: around('leaseRefunds', store.leaseRefunds),
    saveRefund: around('saveRefund', store.saveRefund),
  }
}

const nameOf = (before: Order | undefined, { order, product, movements }: Changes): string => {
  const steps = order?.history.slice(before?.version ?? 0) ?? []
  const actions = steps.map(({ action, actor }) =>
    action === 'cancel' && actor === 'system' ? 'expire' : action,
  )
  if (actions.length > 0) return actions.join('+')
  if (order) return 'oweRefund'
  return product || movements ? 'changeProduct' : 'rememberKey'
}
