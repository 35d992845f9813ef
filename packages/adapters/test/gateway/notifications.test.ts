import { once } from 'node:events'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { announceAt, NO_FAULTS } from '../../src/gateway/fault-rates.ts'
import { verifyNotification } from '../../src/gateway/notification-signature.ts'
import { createNotifier } from '../../src/gateway/notifier.ts'
import { temporaryFolder } from '../support.ts'
import { capturedCharge, secret, standIn } from './support.ts'

const NOW = 1_700_000_000_000
const never = new AbortController().signal

/** A receiver that answers with this status, and a ledger whose outbox is delivered to it round by round. */
const opened = async (t: ExecutionContext, answerWith: () => number, announce?: () => number[]) => {
  const time = { now: NOW }
  const receiver = await standIn(t, (_, response) => response.writeHead(answerWith()).end())
  const filename = join(temporaryFolder(t), 'ledger.db')
  const notes: string[] = []
  const open = () => {
    const ledger = openFakeLedger(filename, announce ?? (() => [time.now]))
    const clock = { now: () => time.now }
    const parts = {
      outbox: ledger.outbox,
      url: `${receiver.url}/gateway/notification`,
      secret,
      clock,
    }
    const note = (line: string) => notes.push(line)
    return { ledger, deliverDue: createNotifier({ ...parts, random: () => 1, note }) }
  }
  const first = open()
  const close = () => first.ledger.close()
  t.teardown(close)
  return { ...first, close, open, time, receiver, notes }
}

const captured = capturedCharge('pay_1', NOW)

test('a notification says what happened, to which key and when, and is signed', async (t) => {
  const { ledger, deliverDue, receiver, time } = await opened(t, () => 204)
  ledger.book(captured, 'captured', NOW - 5)
  time.now += 60_000
  await deliverDue(never)
  const [sent] = receiver.asked
  t.like(sent, { method: 'POST', path: '/gateway/notification' })
  t.is(sent?.headers['content-type'], 'application/json')
  const { eventId, ...said } = JSON.parse(sent?.body ?? '')
  t.regex(eventId, /^evt_[0-9a-f]{32}$/)
  const at = new Date(NOW - 5).toISOString()
  t.deepEqual(said, { type: 'captured', idempotencyKey: 'pay_1', at })
  const header = String(sent?.headers['gateway-signature'])
  t.true(verifyNotification(secret, header, sent?.body ?? '', time.now).isOk())
  t.regex(header, new RegExp(`^t=${(NOW + 60_000) / 1000},`), 'signed when it is sent')
  await deliverDue(never)
  t.is(receiver.asked.length, 1, 'once it has arrived, it is not sent again')
})

for (const status of [500, 503, 401, 404, 302, 400]) {
  test(`a notification that is answered with ${status} comes again, with growing gaps, and signed anew`, async (t) => {
    let answer = status
    const { ledger, deliverDue, receiver, time, notes } = await opened(t, () => answer)
    ledger.book(captured, 'captured', NOW)
    for (const gap of [1, 2, 4, 8, 16]) {
      await deliverDue(never)
      const sent = receiver.asked.length
      time.now += gap * 1000 - 1
      await deliverDue(never)
      t.is(receiver.asked.length, sent, `not before ${gap} s`)
      time.now += 1
    }
    answer = 200
    await deliverDue(never)
    time.now += 86_400_000
    await deliverDue(never)
    t.is(receiver.asked.length, 6)
    t.is(notes.length, 5)
    t.regex(notes[0] ?? '', new RegExp(`was not delivered \\(${status}\\); again in 1000 ms`))
    t.is(new Set(receiver.asked.map(({ body }) => body)).size, 1)
    t.is(new Set(receiver.asked.map(({ headers }) => headers['gateway-signature'])).size, 6)
  })
}

test('the gaps grow to an hour, and lie between half of that and all', async (t) => {
  const { ledger, deliverDue, receiver, time } = await opened(t, () => 500)
  ledger.book(captured, 'captured', NOW)
  for (let round = 0; round < 20; round += 1) {
    await deliverDue(never)
    time.now += 3_600_000
  }
  t.is(receiver.asked.length, 20)
  const { outbox } = ledger
  const half = { outbox, url: receiver.url, secret, random: () => 0, note: () => undefined }
  await createNotifier({ ...half, clock: { now: () => time.now } })(never)
  t.is(outbox.due(time.now + 1_799_999, 1).length, 0)
  t.is(outbox.due(time.now + 1_800_000, 1).length, 1)
})

test('a clock that is set back keeps no notification back, and does not send it without a pause', async (t) => {
  const { ledger, deliverDue, receiver, time } = await opened(t, () => 500)
  ledger.book(captured, 'captured', NOW)
  for (const gap of [1000, 2000, 4000]) {
    await deliverDue(never)
    time.now += gap
  }
  time.now -= 1_800_000
  for (let round = 0; round < 10; round += 1) await deliverDue(never)
  t.is(receiver.asked.length, 4)
  time.now += 8000
  await deliverDue(never)
  t.is(receiver.asked.length, 5)
})

test('what was not delivered is delivered after a restart', async (t) => {
  let answer = 503
  const { ledger, deliverDue, receiver, time, close, open } = await opened(t, () => answer)
  ledger.book(captured, 'captured', NOW)
  await deliverDue(never)
  close()
  const again = open()
  t.teardown(() => again.ledger.close())
  answer = 200
  time.now += 1000
  await again.deliverDue(never)
  await again.deliverDue(never)
  t.is(receiver.asked.length, 2)
  t.is(receiver.asked[0]?.body, receiver.asked[1]?.body)
})

test('one that cannot be delivered stands in the way of no other', async (t) => {
  const { ledger, deliverDue, receiver } = await opened(t, () =>
    receiver.asked.at(-1)?.body.includes('pay_1') ? 500 : 200,
  )
  ledger.book(captured, 'captured', NOW)
  ledger.book(capturedCharge('pay_2', NOW), 'captured', NOW)
  await deliverDue(never)
  t.is(receiver.asked.length, 2)
  t.deepEqual(
    ledger.outbox.due(Number.MAX_SAFE_INTEGER, 10).map(({ idempotencyKey }) => idempotencyKey),
    ['pay_1'],
  )
})

test('one that is under way when the gateway stops is kept', async (t) => {
  const receiver = await standIn(t, () => undefined)
  const ledger = openFakeLedger(':memory:', () => [NOW])
  t.teardown(() => ledger.close())
  ledger.book(captured, 'captured', NOW)
  const stopped = new AbortController()
  const parts = { outbox: ledger.outbox, url: receiver.url, secret, random: () => 1 }
  const deliverDue = createNotifier({ ...parts, clock: { now: () => NOW }, note: t.fail })
  const delivering = deliverDue(stopped.signal)
  await once(receiver.events, 'asked')
  stopped.abort()
  await delivering
  t.like(ledger.outbox.due(NOW, 10), [{ attempts: 0 }])
})

test('notifications are doubled and delayed as often as their share says', (t) => {
  const at = (faults: object, ...numbers: number[]) =>
    announceAt({ ...NO_FAULTS, ...faults }, () => numbers.shift() ?? 1, NOW)
  t.deepEqual(at({}, 0, 0), [NOW])
  t.deepEqual(at({ doubledNotifications: 0.5 }, 0.4), [NOW, NOW])
  t.deepEqual(at({ doubledNotifications: 0.5 }, 0.5), [NOW])
  t.deepEqual(at({ delayedNotifications: 0.5 }, 1, 0.4, 0.25), [NOW + 2500])
  t.deepEqual(at({ doubledNotifications: 1, delayedNotifications: 1 }, 0, 0, 0.9, 0, 0.1), [
    ...[NOW + 9000, NOW + 1000],
  ])
})

test('the fake in the process tells nobody', (t) => {
  const ledger = openFakeLedger(':memory:')
  t.teardown(() => ledger.close())
  ledger.book(captured, 'captured', NOW)
  t.deepEqual(ledger.outbox.due(Number.MAX_SAFE_INTEGER, 10), [])
})
