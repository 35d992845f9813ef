import {
  type OutcomeUnknown,
  type PaymentGateway,
  refuseInsideTransaction,
  type Told,
} from '@holdfast/domain'
import { err, errAsync, ok, okAsync, type Result, ResultAsync } from 'neverthrow'
import { createFakeCore, type FakeParts, outcomeOf } from './fake-core.ts'
import { GatewayUnavailable } from './gateway-unavailable.ts'

/**
 * A gateway that works, on a ledger of its own, and goes wrong as the payment method says. This is the one in the process
 * of the service: it is asked by a call, out of reach only if its ledger is, and notifies nobody.
 */
export const createFakeGateway = (parts: FakeParts): PaymentGateway => {
  const core = createFakeCore(parts)
  const { gatewayId } = parts.ledger
  const told = <T>(answer: T): Told<T> => ({ gatewayId, answer })
  /** One step of the ledger, if it is this gateway that is meant. */
  const ask = <T>(meant: string, step: () => T): Result<T, OutcomeUnknown> => {
    refuseInsideTransaction()
    if (meant === gatewayId) return onLedger(step)
    return err({ ...unknown(`Another gateway was meant: this is ${gatewayId}.`), gatewayId })
  }
  return {
    isAvailable: () => true,
    identify: () => {
      refuseInsideTransaction()
      return okAsync(gatewayId)
    },
    charge: (request, meant) =>
      ask(meant, () => core.charge(request)).asyncAndThen(({ charge, answer }) => {
        if (answer === 'never') return new ResultAsync(new Promise(() => {}))
        if (answer === 'unavailable') return errAsync(unknown('The gateway answered 503.'))
        if (answer === 'garbage' || !charge)
          return errAsync(unknown('The gateway answered nonsense.'))
        return okAsync(told(outcomeOf(charge)))
      }),
    lookup: (key, meant) =>
      ask(meant, () => core.lookup(key)).asyncMap(async (charge) =>
        told(charge && outcomeOf(charge)),
      ),
    void: (key, meant) =>
      ask(meant, () => core.void(key)).asyncAndThen((charge) => {
        const outcome = outcomeOf(charge)
        if (outcome.state === 'pending') throw new Error('A void left the charge pending.')
        return okAsync(told(outcome))
      }),
    refund: (request, meant) =>
      ask(meant, () => core.refund(request)).asyncAndThen((refunded) =>
        refunded.isOk()
          ? okAsync(told({ state: 'refunded' } as const))
          : errAsync(unknown(refunded.error.detail)),
      ),
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
