import { ResultAsync } from 'neverthrow'
import type { PaymentPage } from '../ports/pages.ts'
import type { Payment } from '../rules/payment.ts'
import { flag, oneOf, optional } from '../rules/request-shape.ts'
import { checked, paged } from './checked.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Ports } from './request.ts'

/** Everybody's attempts to pay, newest first, page by page. */
export const listPayments = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    {
      ...paged,
      state: optional(oneOf(['PENDING', 'SUCCEEDED', 'FAILED'])),
      overdue: optional(flag),
    },
    ({ state, overdue, ...page }: PaymentPage): ResultAsync<Listed<Payment>, never> =>
      ResultAsync.fromSafePromise(
        listPage(page, (wider) => store.listPayments({ ...wider, state, overdue })),
      ),
  )
