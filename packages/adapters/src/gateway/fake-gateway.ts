import { type OutcomeUnknown, type PaymentGateway, refuseInsideTransaction } from '@holdfast/domain'
import { errAsync, okAsync, ResultAsync } from 'neverthrow'
import { createFakeCore, type FakeParts, outcomeOf } from './fake-core.ts'

/**
 * A gateway that works, on a ledger of its own, and goes wrong as the payment method says. This is the one in the process
 * of the service: it is asked by a call, never out of reach, and notifies nobody.
 */
export const createFakeGateway = (parts: FakeParts): PaymentGateway => {
  const core = createFakeCore(parts)
  return {
    isAvailable: () => true,
    charge: (request) => {
      refuseInsideTransaction()
      const { charge, answer } = core.charge(request)
      if (answer === 'never') return new ResultAsync(new Promise(() => {}))
      if (answer === 'unavailable') return errAsync(unknown('The gateway answered 503.'))
      if (answer === 'garbage' || !charge)
        return errAsync(unknown('The gateway answered nonsense.'))
      return okAsync(outcomeOf(charge))
    },
    lookup: (key) => {
      refuseInsideTransaction()
      const charge = core.lookup(key)
      return okAsync(charge && outcomeOf(charge))
    },
    void: (key) => {
      refuseInsideTransaction()
      const outcome = outcomeOf(core.void(key))
      if (outcome.state === 'pending') throw new Error('A void left the charge pending.')
      return okAsync(outcome)
    },
    refund: (request) => {
      refuseInsideTransaction()
      const refunded = core.refund(request)
      return refunded.isOk()
        ? okAsync({ state: 'refunded' })
        : errAsync(unknown(refunded.error.detail))
    },
  }
}

const unknown = (detail: string): OutcomeUnknown => ({ code: 'outcome_unknown', detail })
