import { err, ResultAsync } from 'neverthrow'
import type { Store, Wanted } from '../ports/store.ts'
import {
  type TooManyUnpaidOrders,
  tooManyUnpaidOrders,
  type UnpaidLimitReached,
} from '../rules/order-limits.ts'
import type { Settings } from './request.ts'
import { untilWhen } from './until-when.ts'

/** What a transaction that may begin to hold stock wants to see of its user's other orders; nothing where any number may. */
export const wantedUnpaid = (
  { unpaidOrders }: Settings,
  userId?: string,
): Pick<Wanted, 'unpaid'> => (unpaidOrders > 0 ? { unpaid: { userId, atMost: unpaidOrders } } : {})

/** The answer, in which a refusal for too many unpaid orders shows the oldest of them as it is by now. */
export const namingTheOldest = <T, E extends object>(
  store: Pick<Store, 'findOrder'>,
  { unpaidOrders, orderTtlMs }: Settings,
  answer: ResultAsync<T, E | UnpaidLimitReached>,
): ResultAsync<T, E | TooManyUnpaidOrders> =>
  answer.orElse((error): ResultAsync<T, E | TooManyUnpaidOrders> => {
    if (!isLimitReached(error)) return new ResultAsync(Promise.resolve(err(error)))
    const { oldestId } = error
    const refusal = store.findOrder({ orderId: oldestId }).then((oldest) => {
      if (!oldest) throw new Error(`${oldestId} is gone`)
      return err<T, TooManyUnpaidOrders>(
        tooManyUnpaidOrders(untilWhen(oldest, orderTtlMs), unpaidOrders),
      )
    })
    return new ResultAsync(refusal)
  })

const isLimitReached = <E extends object>(
  error: E | UnpaidLimitReached,
): error is UnpaidLimitReached => 'oldestId' in error
