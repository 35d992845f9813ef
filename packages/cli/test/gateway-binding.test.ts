import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import test from 'ava'
import { workplace } from './support.ts'
import {
  ask,
  capturedUnheard,
  GATEWAY_TIMEOUT,
  gatewayOn,
  pay,
  refusedNamingBoth,
  shown,
  stateOf,
  until,
} from './two-gateways.ts'

test('without GATEWAY_URL, or with another ledger, neither reconcile nor a server concludes anything', async (t) => {
  const place = workplace(t)
  const gateway = await gatewayOn(place, 'real')
  const { environment, state, paymentId } = await capturedUnheard(place, gateway)
  t.is(state, 'PENDING')
  const shell = { PAYMENT_DEADLINE: '1s' }
  const elsewhere = { ...shell, FAKE_LEDGER: `${place.folder}/other.db` }
  for (const args of [['payment', 'reconcile', '--all'], ['serve']]) {
    const none = await place.holdfast(args, shell)
    t.is(none.code, 78, none.stderr)
    t.regex(none.stderr, /there is no ledger at/)
    t.is(await shown(place, paymentId), 'PENDING')
  }
  await (await gatewayOn(place, 'other')).end('SIGTERM')
  refusedNamingBoth(t, await place.holdfast(['payment', 'reconcile', '--all'], elsewhere))
  refusedNamingBoth(t, await place.holdfast(['serve'], elsewhere))
  t.is(await shown(place, paymentId), 'PENDING')
  const right = await place.holdfast(['payment', 'reconcile', '--all', '--json'], environment)
  t.is(right.code, 0, right.stderr)
  t.is(await shown(place, paymentId), 'SUCCEEDED')
})

test('a gateway that is restarted with an empty ledger is not believed, until the right one is back', async (t) => {
  const place = workplace(t)
  const first = await gatewayOn(place, 'volume')
  const { port } = new URL(first.url)
  const service = await place.run(['serve'], {
    ...{ GATEWAY_URL: first.url, GATEWAY_TIMEOUT },
  })
  const lost = await pay(service.url, 'fake_slow')
  t.is(lost.status, 202)
  await first.end('SIGTERM')

  const empty = await gatewayOn(place, 'empty', port)
  await service.says(/("level":50.*Another gateway answers)/)
  const metrics = async () => (await fetch(`${service.url}/metrics`)).text()
  const countIn = (text: string) =>
    Number(/^holdfast_gateway_foreign_answers_total (\d+)$/m.exec(text)?.[1])
  await until(metrics, (text) => countIn(text) >= 3)
  t.is(await stateOf(service.url, lost.body['id'] ?? '')(), 'PENDING')
  const refused = await pay(service.url, 'fake_approve')
  t.like(refused, { status: 503, body: { code: 'gateway_unavailable' } })
  const { stdout } = await place.holdfast(['gateway', 'ledger'], {
    GATEWAY_TIMEOUT,
    GATEWAY_URL: empty.url,
  })
  t.is(stdout, '')
  t.is(service.said().match(/Another gateway answers/g)?.length, 1)
  await empty.end('SIGTERM')

  await gatewayOn(place, 'volume', port)
  const { id = '', orderId } = lost.body
  const askAgain = async () => {
    await ask('POST', `${service.url}/payment`, { orderId })
    return stateOf(service.url, id)()
  }
  await until(askAgain, (state) => state === 'SUCCEEDED')
  await until(
    () => pay(service.url, 'fake_approve'),
    ({ status }) => status === 201,
  )
})

test('a gateway that is down at the start stops nobody, and the first to answer is the one that is believed', async (t) => {
  const place = workplace(t)
  const first = await gatewayOn(place, 'real')
  const { port } = new URL(first.url)
  await first.end('SIGTERM')
  const service = await place.run(['serve'], { GATEWAY_TIMEOUT, GATEWAY_URL: first.url })
  const early = await pay(service.url, 'fake_approve')
  t.like(early, { status: 503, body: { code: 'gateway_unavailable' } })
  await gatewayOn(place, 'real', port)
  await until(
    () => pay(service.url, 'fake_approve'),
    ({ status }) => status === 201,
  )
  await service.end('SIGTERM')
  const other = await gatewayOn(place, 'other')
  refusedNamingBoth(t, await place.holdfast(['serve'], { GATEWAY_TIMEOUT, GATEWAY_URL: other.url }))
})

test('db bind-gateway says what it means, and does it with --yes', async (t) => {
  const place = workplace(t)
  const old = await gatewayOn(place, 'old')
  const { paymentId } = await capturedUnheard(place, old)
  const other = { GATEWAY_TIMEOUT, GATEWAY_URL: (await gatewayOn(place, 'new')).url }

  const asked = await place.holdfast(['db', 'bind-gateway'], other)
  t.is(asked.code, 1, asked.stderr)
  t.regex(asked.stderr, /gw_[0-9a-f]{32}.*gw_[0-9a-f]{32}.*--yes/s)
  t.regex(asked.stderr, /1 payment.* PENDING/)
  refusedNamingBoth(t, await place.holdfast(['payment', 'reconcile'], other))
  const away = await place.holdfast(['db', 'bind-gateway'], {
    ...{ GATEWAY_TIMEOUT, GATEWAY_URL: 'http://127.0.0.1:1' },
  })
  t.is(away.code, 75, away.stderr)

  const done = await place.holdfast(['db', 'bind-gateway', '--yes', '--json'], other)
  t.is(done.code, 0, done.stderr)
  t.like(JSON.parse(done.stdout), { changed: true })
  const again = await place.holdfast(['db', 'bind-gateway', '--json'], other)
  t.like(JSON.parse(again.stdout), { changed: false })
  t.is(again.code, 0, again.stderr)
  refusedNamingBoth(t, await place.holdfast(['audit'], { GATEWAY_TIMEOUT, GATEWAY_URL: old.url }))
  refusedNamingBoth(t, await place.holdfast(['serve'], { GATEWAY_TIMEOUT, GATEWAY_URL: old.url }))
  const fenced = await place.holdfast(['payment', 'reconcile', '--all'], { ...other })
  t.is(fenced.code, 0, fenced.stderr)
  t.is(await shown(place, paymentId), 'FAILED')
})

test('a ledger that is deleted is another gateway, even if its file has the same name', async (t) => {
  const place = workplace(t)
  const service = await place.serve()
  t.is((await pay(service.url, 'fake_approve')).status, 201)
  await service.end('SIGTERM')
  for (const end of ['', '-wal', '-shm']) {
    rmSync(`${place.folder}/data/fake-gateway.db${end}`, { force: true })
  }
  await (await gatewayOn(place, 'data/fake-gateway')).end('SIGTERM')
  refusedNamingBoth(t, await place.holdfast(['serve']))
})

test('a database from before is bound by serve or bind-gateway, and only to a gateway that knows its payments', async (t) => {
  const place = workplace(t)
  const { holdfast, folder } = place
  const real = { GATEWAY_TIMEOUT, GATEWAY_URL: (await gatewayOn(place, 'real')).url }
  const other = { GATEWAY_TIMEOUT, GATEWAY_URL: (await gatewayOn(place, 'other')).url }
  const service = await place.run(['serve'], real)
  t.is((await pay(service.url, 'fake_approve')).status, 201)
  await service.end('SIGTERM')
  const database = new DatabaseSync(`${folder}/data/holdfast.db`)
  t.teardown(() => database.close())
  const bound = () => database.prepare('select gateway_id from gateway_binding').all()
  database.exec('delete from gateway_binding')

  for (const gateway of [real, other]) {
    const asked = await holdfast(['payment', 'reconcile', '--all'], gateway)
    t.is(asked.code, 78, asked.stderr)
    t.regex(asked.stderr, /bound to no gateway yet.*holdfast db bind-gateway/)
  }
  t.is((await holdfast(['payment', 'list'], real)).code, 0)
  t.deepEqual(bound(), [])
  const served = await holdfast(['serve'], other)
  t.is(served.code, 78, served.stderr)
  t.regex(
    served.stderr,
    /nothing shows that its payment pay_\w+ \(SUCCEEDED\) was made at gw_[0-9a-f]{32}/,
  )
  for (const options of [[], ['--yes']]) {
    t.is((await holdfast(['db', 'bind-gateway', ...options], other)).code, 1)
    t.deepEqual(bound(), [])
  }
  const again = await place.run(['serve'], real)
  t.is(bound().length, 1)
  await again.end('SIGTERM')
  database.exec('delete from gateway_binding')
  t.is((await holdfast(['db', 'bind-gateway'], real)).code, 0)
  t.is(bound().length, 1)
  t.is((await holdfast(['payment', 'reconcile'], real)).code, 0)
})
