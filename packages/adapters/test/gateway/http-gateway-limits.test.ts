import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import test from 'ava'
import {
  amount,
  charge,
  gatewayAt,
  heard,
  hungUp,
  questions,
  runGateway,
  secret,
  standIn,
} from './support.ts'

const json = { 'content-type': 'application/json' }
const send = (response: ServerResponse, body: object, status = 200) =>
  response.writeHead(status, json).end(JSON.stringify(body))
const captured = { idempotencyKey: 'pay_1', amount, state: 'captured' }

for (const [name, ask] of Object.entries(questions)) {
  test(`a ${name} that is never answered ends with our patience, and hangs up`, async (t) => {
    const server = await standIn(t, () => undefined)
    const { gateway, patience } = gatewayAt(server.url)
    const answer = ask(gateway)
    const [socket] = await once(server.events, 'asked')
    const closed = hungUp(socket)
    patience.end()
    t.regex((await answer)._unsafeUnwrapErr().detail, /did not answer within 5000 ms/)
    await closed
    t.is(server.asked.length, 1)
  })

  test(`a ${name} whose answer trickles in ends with our patience, and hangs up`, async (t) => {
    const server = await standIn(t, (_, response) => {
      response.writeHead(200, json).write('{')
    })
    const { gateway, patience } = gatewayAt(server.url)
    const answer = ask(gateway)
    const [socket] = await once(server.events, 'asked')
    const closed = hungUp(socket)
    patience.end()
    t.is(await heard(answer), 'outcome_unknown')
    await closed
  })

  test(`a ${name} whose answer never ends is not read beyond 64 KiB`, async (t) => {
    const server = await standIn(t, (_, response) => {
      response.writeHead(200, json).write('{"state":"captured","more":"')
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) {}
        response.once('drain', more)
      }
      more()
    })
    const answer = ask(gatewayAt(server.url).gateway)
    const [socket] = await once(server.events, 'asked')
    const closed = hungUp(socket) // It would go on for ever if nobody hung up.
    t.regex((await answer)._unsafeUnwrapErr().detail, /more than 65536 bytes/)
    await closed
  })
}

test('where nobody listens the outcome is unknown, after three attempts to connect', async (t) => {
  const server = await runGateway(t)
  await server.stop()
  let pauses = 0
  const { gateway } = gatewayAt(server.url, {
    pause: (ms) => {
      if (ms === 5000) return new Promise(() => {})
      pauses += 1
      return Promise.resolve()
    },
  })
  for (const ask of Object.values(questions)) {
    t.regex((await ask(gateway))._unsafeUnwrapErr().detail, /ECONNREFUSED/)
  }
  t.is(pauses, 8)
})

test('resends keep a growing and random distance', async (t) => {
  const server = await standIn(t, (_, response) => send(response, {}, 503))
  const pauses: number[] = []
  const randoms = [0, 1, 0.5, 0.25]
  const { gateway } = gatewayAt(server.url, {
    random: () => randoms.shift() ?? 0,
    pause: async (ms) => (ms === 5000 ? new Promise(() => {}) : pauses.push(ms)),
  })
  await charge(gateway, 'pay_1')
  await charge(gateway, 'pay_1')
  t.deepEqual(pauses, [0, 200, 50, 50])
})

const otherAmounts = [
  { amountMinor: 1298, currency: 'EUR' },
  { amountMinor: 129_900, currency: 'EUR' },
  { amountMinor: 1299, currency: 'USD' },
  null,
]

for (const other of otherAmounts) {
  test(`an answer about ${JSON.stringify(other)} is none about 12.99 EUR`, async (t) => {
    const server = await standIn(t, ({ method }, response) => {
      const state = server.asked.at(-1)?.path.endsWith('refund') ? 'refunded' : 'captured'
      send(response, { idempotencyKey: 'pay_1', amount: other, state })
      t.is(method, 'POST')
    })
    const { gateway } = gatewayAt(server.url)
    t.is(await heard(charge(gateway, 'pay_1')), 'outcome_unknown')
    t.is(await heard(gateway.refund({ idempotencyKey: 'pay_1', amount })), 'outcome_unknown')
  })
}

test('a key that is charged with another amount keeps its first, which is not believed of the second', async (t) => {
  const { url } = await runGateway(t)
  const { gateway } = gatewayAt(url)
  t.is(await heard(charge(gateway, 'pay_1')), 'captured')
  const other = { amountMinor: 1, currency: 'EUR' }
  const request = { idempotencyKey: 'pay_1', amount: other, paymentMethod: 'fake_approve' }
  t.is(await heard(gateway.charge(request)), 'outcome_unknown')
})

test('a void that leaves the charge pending is no void', async (t) => {
  const server = await standIn(t, (_, response) =>
    send(response, { ...captured, state: 'pending' }),
  )
  const { gateway } = gatewayAt(server.url)
  t.is(await heard(gateway.void('pay_1')), 'outcome_unknown')
  t.is(await heard(gateway.lookup('pay_1')), 'pending')
})

test('what a decline says to people is made harmless: bounded, and without control characters', async (t) => {
  const detail = `No\u0000\u001b[31m \ud800${'!'.repeat(9000)}`
  const server = await standIn(t, (_, response) =>
    send(response, { ...captured, state: 'declined', code: 'card_declined', detail }),
  )
  const answer = (await charge(gatewayAt(server.url).gateway, 'pay_1'))._unsafeUnwrap()
  t.is(answer.state === 'declined' && answer.detail, `No  [31m \ufffd${'!'.repeat(490)}`)
})

test('a gateway that forgets a key and remembers it is quoted, and nothing is made of it', async (t) => {
  let forgets = true
  const server = await standIn(t, (_, response) =>
    forgets
      ? send(response, { code: 'charge_not_found', idempotencyKey: 'pay_1' }, 404)
      : send(response, captured),
  )
  const { gateway } = gatewayAt(server.url)
  t.is(await heard(gateway.lookup('pay_1')), undefined)
  forgets = false
  t.is(await heard(gateway.lookup('pay_1')), 'captured')
  forgets = true
  t.is(await heard(gateway.lookup('pay_1')), undefined)
  t.is(await heard(gateway.lookup('pay_2')), 'outcome_unknown', 'it speaks of another key')
})

test('a wrong secret is not an outcome', async (t) => {
  const { url } = await runGateway(t)
  for (const wrong of [undefined, `${secret}x`, secret.toUpperCase()]) {
    const { gateway } = gatewayAt(url, { secret: wrong })
    for (const ask of Object.values(questions)) t.is(await heard(ask(gateway)), 'outcome_unknown')
  }
  t.is(await heard(gatewayAt(url).gateway.lookup('pay_1')), undefined, 'nothing was done')
})

test('the gateway may live below a path, with or without a slash at its end', async (t) => {
  const server = await standIn(t, (_, response) => send(response, captured))
  for (const path of ['/pay', '/pay/']) {
    const { gateway } = gatewayAt(server.url + path)
    t.is(await heard(charge(gateway, 'pay_1')), 'captured')
    t.is(await heard(gateway.lookup('pay_1')), 'captured')
  }
  t.deepEqual(
    server.asked.map(({ path }) => path),
    [...['/pay/charge', '/pay/charge/pay_1', '/pay/charge', '/pay/charge/pay_1']],
  )
})
