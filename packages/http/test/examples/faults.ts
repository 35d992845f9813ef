import { type PaymentGateway, type Store, StoreUnavailable } from '@holdfast/domain'
import { errAsync, okAsync } from 'neverthrow'

/** A gateway that takes requests and never gives a usable answer. */
export const mutedGateway = (): PaymentGateway => {
  const silent = () => errAsync({ code: 'outcome_unknown' as const, detail: 'No answer.' })
  return { isAvailable: () => true, charge: silent, lookup: silent, void: silent, refund: silent }
}

/** A gateway to which nothing can be sent. */
export const closedGateway = (): PaymentGateway => ({ ...mutedGateway(), isAvailable: () => false })

/** A gateway that declines once, and to which nothing can be sent afterwards. */
export const decliningGateway = (): PaymentGateway => {
  let open = true
  return {
    ...mutedGateway(),
    isAvailable: () => open,
    charge: () => {
      open = false
      return okAsync({ state: 'declined', code: 'card_declined', detail: 'The issuer said no.' })
    },
  }
}

/** A database that nobody can reach. */
export const deadStore = (): Store => failing(() => new StoreUnavailable('out of reach'))

/** A store with a bug in every method. */
export const buggyStore = (): Store => failing(() => new Error('a bug'))

const failing = (error: () => Error): Store =>
  new Proxy({} as Store, { get: () => () => Promise.reject(error()) })
