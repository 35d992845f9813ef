import { ResultAsync } from 'neverthrow'
import type { PaymentPage } from '../ports/store.ts'
import type { Payment } from '../rules/payment.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Ports } from './request.ts'

/** Everybody's attempts to pay, newest first, page by page. */
export const listPayments =
  ({ store }: Pick<Ports, 'store'>) =>
  ({ state, overdue, ...page }: PaymentPage): ResultAsync<Listed<Payment>, never> =>
    ResultAsync.fromSafePromise(
      listPage(page, (wider) => store.listPayments({ ...wider, state, overdue })),
    )
