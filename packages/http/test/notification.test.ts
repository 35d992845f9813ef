import { signNotification } from '@holdfast/adapters'
import { StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import { handClock, reconcileAll } from './one-service.ts'
import { clientOf, place, sell, startOneService, type TestService } from './support.ts'

const secret = 'a-secret-of-thirty-two-bytes-or-more'

const event = (idempotencyKey: string, changes: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ eventId: 'evt_1', type: 'captured', idempotencyKey, at: 'now', ...changes })

/** A service whose clock stands still, with a payment that was captured and never answered. */
const startPaying = async (t: ExecutionContext) => {
  const clock = handClock()
  const api = await startOneService({ clock }, { GATEWAY_SECRET: secret })
  t.teardown(api.stop)
  const orderId = await place(api, await sell(api, 10))
  const paid = await api.ask('POST', '/payment', { orderId, paymentMethod: 'fake_ack_lost' })
  t.is(paid.status, 202)
  const stateOf = async () => (await api.ask('GET', `/order/${orderId}`)).body.state
  return { ...api, clock, orderId, paymentId: paid.body.id, stateOf }
}

const notify = (
  { ask, clock }: Pick<TestService, 'ask'> & { clock: { now: () => number } },
  body: string,
  signature = signNotification(secret, clock.now(), body),
) =>
  ask('POST', '/gateway/notification', body, {
    user: '',
    headers: { ...(signature && { 'Gateway-Signature': signature }) },
  })

test('A signed notification is stored, answered with 204, and applied by asking the gateway.', async (t) => {
  const api = await startPaying(t)
  await api.service.useCases.reconcilePayments()
  t.is(await api.stateOf(), 'PAYMENT_IN_PROGRESS')
  const answer = await notify(api, event(api.paymentId, { type: 'declined' }))
  t.deepEqual([answer.status, answer.text], [204, ''])
  await reconcileAll(api, api.clock)
  t.is(await api.stateOf(), 'PAYMENT_DONE', 'what it says is not believed')
})

test('A notification that comes twice is answered with 204 both times, and applied once.', async (t) => {
  const api = await startPaying(t)
  const body = event(api.paymentId)
  t.is((await notify(api, body)).status, 204)
  await reconcileAll(api, api.clock)
  const order = (await api.ask('GET', `/order/${api.orderId}`)).text
  t.is((await notify(api, body)).status, 204)
  await reconcileAll(api, api.clock)
  t.is((await api.ask('GET', `/order/${api.orderId}`)).text, order)
})

test('A notification that is not signed, or not by this secret, this body or lately, is 401 and leaves nothing behind.', async (t) => {
  const api = await startPaying(t)
  const body = event(api.paymentId)
  const now = api.clock.now()
  const forgeries = {
    'no signature': '',
    nonsense: 'nonsense',
    'another secret': signNotification(`${secret}!`, now, body),
    'another body': signNotification(secret, now, event('pay_other')),
    'six minutes old': signNotification(secret, now - 360_000, body),
    'six minutes ahead': signNotification(secret, now + 360_000, body),
  }
  for (const [name, signature] of Object.entries(forgeries)) {
    const answer = await notify(api, body, signature)
    t.deepEqual([answer.status, answer.body?.code], [401, 'invalid_signature'], name)
    t.is(answer.headers.get('www-authenticate'), 'Gateway-Signature')
  }
  await api.service.useCases.reconcilePayments()
  t.is(await api.stateOf(), 'PAYMENT_IN_PROGRESS')
  t.is((await notify(api, body)).status, 204)
  await reconcileAll(api, api.clock)
  t.is(await api.stateOf(), 'PAYMENT_DONE')
})

test('A service without GATEWAY_SECRET believes no notification.', async (t) => {
  const api = await startOneService()
  t.teardown(api.stop)
  const body = event('pay_1')
  const signature = signNotification('', Date.now(), body)
  const answer = await notify({ ...api, clock: { now: Date.now } }, body, signature)
  t.is(answer.status, 401)
})

test('A signed notification that cannot be read is refused with the field, and one with more fields is accepted.', async (t) => {
  const api = await startPaying(t)
  t.is((await notify(api, '{')).body.code, 'malformed_request')
  t.is((await notify(api, '')).status, 422)
  const faulty = await notify(api, event(api.paymentId, { eventId: 7 }))
  t.deepEqual([faulty.status, faulty.body.errors[0].pointer], [422, '/eventId'])
  t.is((await notify(api, event('pay_nobody', { more: { of: 'it' } }))).status, 204)
})

test('While the database is out of reach a notification is answered with 503, so that it comes again.', async (t) => {
  const down = () => Promise.reject(new StoreUnavailable('down'))
  const store = { ...createMemoryStore(), acceptNotification: down }
  const api = await startOneService({ store }, { GATEWAY_SECRET: secret })
  t.teardown(api.stop)
  const body = event('pay_1')
  const answer = await notify({ ask: clientOf(api.service.url), clock: { now: Date.now } }, body)
  t.deepEqual([answer.status, answer.body.code], [503, 'store_unavailable'])
  t.truthy(answer.headers.get('retry-after'))
})
