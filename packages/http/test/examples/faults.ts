import type { RateLimits } from '@holdfast/adapters'
import { type PaymentGateway, type Store, StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import { errAsync, okAsync } from 'neverthrow'

/** A gateway that takes requests and never gives a usable answer. */
export const mutedGateway = (): PaymentGateway => {
  const silent = () => errAsync({ code: 'outcome_unknown' as const, detail: 'No answer.' })
  return {
    isAvailable: () => true,
    identify: () => okAsync('gw_muted'),
    ...{ charge: silent, lookup: silent, void: silent, refund: silent },
  }
}

/** A gateway to which nothing can be sent. */
export const closedGateway = (): PaymentGateway => ({ ...mutedGateway(), isAvailable: () => false })

/** A gateway that declines once, and to which nothing can be sent afterwards. */
export const decliningGateway = (): PaymentGateway => {
  let open = true
  return {
    ...mutedGateway(),
    isAvailable: () => open,
    charge: (_request, gatewayId) => {
      open = false
      const declined = { state: 'declined', code: 'card_declined' } as const
      return okAsync({ gatewayId, answer: { ...declined, detail: 'The issuer said no.' } })
    },
  }
}

/** A database that nobody can reach. */
export const deadStore = (): Store => failing(() => new StoreUnavailable('out of reach'))

/** A database that answers reads, and on which writes hang for ever. */
const stuckStore = (): Store => ({
  ...createMemoryStore(),
  proveWritable: () => new Promise(() => {}),
})

/** A store with a bug in every method. */
export const buggyStore = (): Store => failing(() => new Error('a bug'))

const failing = (error: () => Error): Store => {
  const methods = Object.keys(createMemoryStore())
  return Object.fromEntries(
    methods.map((name) => [name, () => Promise.reject(error())]),
  ) as unknown as Store
}

const refusing = { take: async () => ({ waitMs: 1000, insists: false }) }

/** Limits that everybody has used up for the next second. */
export const exhausted: RateLimits = { users: refusing, strangers: refusing }

/** A service on a store that takes no writes. */
export const stuck = () => ({ store: stuckStore() })

/** Tokens are signed with keys that nobody can fetch. */
export const keysDown = { AUTH: 'jwt', JWKS_URL: 'http://127.0.0.1:1/jwks' }
