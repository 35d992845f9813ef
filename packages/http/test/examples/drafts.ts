import type { Draft } from './draft.ts'
import { notificationDrafts } from './notification-drafts.ts'
import { orderActionDrafts } from './order-action-drafts.ts'
import { orderDrafts } from './order-drafts.ts'
import { paymentDrafts } from './payment-drafts.ts'
import { productDrafts } from './product-drafts.ts'
import { serviceDrafts } from './service-drafts.ts'
import { sharedDrafts } from './shared-drafts.ts'

/** Every example, in the order in which the document shows them. */
export const drafts: readonly Draft[] = [
  ...orderDrafts,
  ...orderActionDrafts,
  ...paymentDrafts,
  ...productDrafts,
  ...notificationDrafts,
  ...serviceDrafts,
  ...sharedDrafts,
]
