import { signNotification } from '@holdfast/adapters'
import { type Draft, draftsOf } from './draft.ts'
import { firstPayment } from './ids.ts'
import { secret } from './worlds.ts'

/** When the requests of examples come, in a world that takes nothing to make. */
const at = Date.UTC(2026, 0, 15, 12, 1)

const event = { eventId: 'evt_1', type: 'captured', idempotencyKey: firstPayment }

const notify = (body: object, signature = signNotification(secret, at, JSON.stringify(body))) => ({
  method: 'POST',
  path: '/gateway/notification',
  headers: { 'Content-Type': 'application/json', 'Gateway-Signature': signature },
  body,
})

const given = 'The gateway and the service share a secret.'

/** Examples of what a gateway reports. */
export const notificationDrafts: readonly Draft[] = draftsOf('notify', [
  ['stored', 'A capture', given, notify(event)],
  [
    'forged',
    'A signature of something else',
    given,
    notify(event, signNotification(secret, at, '')),
  ],
  ['nameless', 'An event without an id', given, notify({ ...event, eventId: '' })],
])
