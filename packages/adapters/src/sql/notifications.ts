import type { GatewayNotification } from '@holdfast/domain'
import type { Statement } from './statement.ts'

/** Whether an event was stored before. */
export const notificationById = (eventId: string): Statement => ({
  sql: 'select event_id from gateway_notifications where event_id = ?',
  params: [eventId],
})

/** An event; of two equal ones at once the second hits nothing. */
export const insertNotification = (notification: GatewayNotification): Statement => ({
  sql: `insert into gateway_notifications (event_id, payment_id, type, received_at)
    values (?, ?, ?, ?) on conflict (event_id) do nothing`,
  params: [
    notification.eventId,
    notification.paymentId,
    notification.type,
    notification.receivedAt,
  ],
})

/**
 * Makes a payment due, and its time another one in any case: a worker that is asking about it just now sees by that, when
 * it plans the next check, that it has to be asked about once more.
 */
export const hastenCheckOf = (paymentId: string, now: number): Statement => ({
  sql: `update payments
    set next_check_at = case when next_check_at <= ? then next_check_at - 1 else ? end
    where id = ? and state <> 'SUCCEEDED'`,
  params: [now, now, paymentId],
})

/** Drops the events from before a time. */
export const deleteNotifications = (before: number): Statement => ({
  sql: 'delete from gateway_notifications where received_at < ?',
  params: [before],
})
