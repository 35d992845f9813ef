import { type OutcomeUnknown, type PaymentGateway, refuseInsideTransaction } from '@holdfast/domain'
import { err, errAsync, ok, okAsync, type Result, ResultAsync } from 'neverthrow'
import { createFakeCore, type FakeParts, outcomeOf } from './fake-core.ts'
import { GatewayUnavailable } from './gateway-unavailable.ts'

/**
 * A gateway that works, on a ledger of its own, and goes wrong as the payment method says. This is the one in the process
 * of the service: it is asked by a call, out of reach only if its ledger is, and notifies nobody.
 */
export const createFakeGateway = (parts: FakeParts): PaymentGateway => {
  const core = createFakeCore(parts)
  return {
    isAvailable: () => true,
    charge: (request) => {
      refuseInsideTransaction()
      const taken = onLedger(() => core.charge(request))
      if (taken.isErr()) return errAsync(taken.error)
      const { charge, answer } = taken.value
      if (answer === 'never') return new ResultAsync(new Promise(() => {}))
      if (answer === 'unavailable') return errAsync(unknown('The gateway answered 503.'))
      if (answer === 'garbage' || !charge)
        return errAsync(unknown('The gateway answered nonsense.'))
      return okAsync(outcomeOf(charge))
    },
    lookup: (key) => {
      refuseInsideTransaction()
      const seen = onLedger(() => core.lookup(key))
      return seen.isOk() ? okAsync(seen.value && outcomeOf(seen.value)) : errAsync(seen.error)
    },
    void: (key) => {
      refuseInsideTransaction()
      const burnt = onLedger(() => core.void(key)).map(outcomeOf)
      if (burnt.isErr()) return errAsync(burnt.error)
      const outcome = burnt.value
      if (outcome.state === 'pending') throw new Error('A void left the charge pending.')
      return okAsync(outcome)
    },
    refund: (request) => {
      refuseInsideTransaction()
      const refunded = onLedger(() => core.refund(request)).andThen((answer) =>
        answer.mapErr(({ detail }) => unknown(detail)),
      )
      return refunded.isOk() ? okAsync({ state: 'refunded' }) : errAsync(refunded.error)
    },
  }
}

/** Whatever asks for a ledger that cannot be used learns nothing. */
const onLedger = <T>(ask: () => T): Result<T, OutcomeUnknown> => {
  try {
    return ok(ask())
  } catch (error) {
    if (error instanceof GatewayUnavailable) return err(unknown(error.message))
    throw error
  }
}

const unknown = (detail: string): OutcomeUnknown => ({ code: 'outcome_unknown', detail })
