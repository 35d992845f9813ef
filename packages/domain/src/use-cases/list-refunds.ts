import { ResultAsync } from 'neverthrow'
import type { RefundPage } from '../ports/pages.ts'
import type { Refund } from '../rules/refund.ts'
import { oneOf, optional } from '../rules/request-shape.ts'
import { checked, paged } from './checked.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Ports } from './request.ts'

/** The refunds that are owed or confirmed, those of the newest payments first, page by page. */
export const listRefunds = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    { ...paged, state: optional(oneOf(['OWED', 'CONFIRMED'])) },
    ({ state, ...page }: RefundPage): ResultAsync<Listed<Refund>, never> =>
      ResultAsync.fromSafePromise(
        listPage(page, async (wider) =>
          (await store.listRefunds({ ...wider, state })).map((refund) => ({
            ...refund,
            id: refund.paymentId,
          })),
        ),
      ),
  )
