import { setImmediate } from 'node:timers/promises'
import type { OutcomeUnknown, PaymentGateway } from '@holdfast/domain'
import { ResultAsync } from 'neverthrow'
import type { Reached } from './reached.ts'

/** The gateway with crash points around each call that asks it for something. */
export const crashGateway = (gateway: PaymentGateway, reached: Reached): PaymentGateway => {
  const around = <Asked, Told>(
    name: string,
    call: (asked: Asked, meant: string) => ResultAsync<Told, OutcomeUnknown>,
  ) => {
    return (asked: Asked, meant: string): ResultAsync<Told, OutcomeUnknown> => {
      reached(`before-${name}`)
      const answer = call(asked, meant)
      const heard = async () => {
        await setImmediate() // By now a request over HTTP is on its way.
        reached(`inside-${name}`)
        const told = await answer
        reached(`after-${name}`)
        return told
      }
      return new ResultAsync(heard())
    }
  }
  return {
    isAvailable: () => gateway.isAvailable(),
    identify: () => gateway.identify(),
    charge: around('charge', gateway.charge),
    lookup: around('lookup', gateway.lookup),
    void: around('void', gateway.void),
    refund: around('refund', gateway.refund),
  }
}
