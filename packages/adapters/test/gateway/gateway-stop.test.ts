import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { NO_FAULTS } from '../../src/gateway/fault-rates.ts'
import { charge, gatewayAt, heard, runGateway, secret } from './support.ts'

test('a gateway that stops hangs up on those whom it would never answer', async (t) => {
  const { url, stop } = await runGateway(t, { graceMs: 600_000 })
  const { gateway } = gatewayAt(url)
  const answer = charge(gateway, 'pay_1', 'fake_ack_lost')
  while ((await heard(gateway.lookup('pay_1'))) !== 'captured') t.pass()
  await stop()
  t.regex((await answer)._unsafeUnwrapErr().detail, /ECONNREFUSED|other side closed/)
})

test('a gateway that stops waits for answers, and for nobody who has not asked in full', async (t) => {
  const asked = Promise.withResolvers<void>()
  const random = () => {
    asked.resolve()
    return 0
  }
  const faults = { ...NO_FAULTS, slowAnswers: 1, slowAnswerMs: 500 }
  const { url, stop } = await runGateway(t, { graceMs: 600_000, faults, random })
  const start = 'POST /charge HTTP/1.1\r\nHost: localhost\r\n'
  const rest = `Authorization: Bearer ${secret}\r\nContent-Length: 10\r\n\r\nhalf`
  const received = await Promise.all(
    ['', start, start + rest].map((bytes) => connected(t, url, bytes)),
  )
  const answer = charge(gatewayAt(url).gateway, 'pay_1')
  await asked.promise
  const stopped = stop()
  t.is(await heard(answer), 'captured')
  await stopped
  for (const { all } of received) t.regex(await all, /^$|^cut/) // Not the 408 of a slow client.
})

/** Connects, sends these bytes and gives all that comes back until the connection ends. */
const connected = async (t: ExecutionContext, url: string, bytes: string) => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  if (bytes) socket.write(bytes)
  return { all: text(socket).catch((error: NodeJS.ErrnoException) => `cut: ${error.code}`) }
}
