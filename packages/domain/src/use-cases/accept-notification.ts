import { ResultAsync } from 'neverthrow'
import type { GatewayNotification } from '../ports/gateway-notification.ts'
import { text } from '../rules/request-shape.ts'
import { checked } from './checked.ts'
import type { Ports } from './request.ts'

/**
 * Stores what a gateway reported, once for each event, and makes the payment due for a question in the same step; says
 * whether it was new. Nothing is believed: reports come twice, late, in any order and from anybody, so `reconcilePayments` asks
 * the gateway itself.
 */
export const acceptNotification = ({ store, clock }: Pick<Ports, 'store' | 'clock'>) =>
  checked(
    { eventId: text(), paymentId: text(), type: text() },
    (notification: Omit<GatewayNotification, 'receivedAt'>): ResultAsync<boolean, never> =>
      ResultAsync.fromSafePromise(
        store.acceptNotification({ ...notification, receivedAt: clock.now() }),
      ),
  )
