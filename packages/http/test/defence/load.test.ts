import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import type { Context } from 'koa'
import { createLoad, type Load, waitingFor } from '../../src/defence/load.ts'

/** A promise that is kept when the test says so. */
const held = () => Promise.withResolvers<void>()

/** Sends a request that does this work; its status, and the promise of its end. */
const send = (load: Load, work: () => unknown, method = 'GET', path = '/order') => {
  const headers: Record<string, string> = {}
  const ctx = {
    ...{ method, path, status: 200, state: {}, body: '' },
    set: (name: string, value: string) => {
      headers[name] = value
    },
  }
  const ended = Promise.resolve(load.shed(ctx as unknown as Context, async () => work()))
  return { ctx, headers, ended }
}

const limits = { working: 2, paying: 1 }
const pay = ['POST', '/payment'] as const
const none = { working: 0, client: 0, gateway: 0, payment: 0, keys: 0, patience: 0 }

test('Requests past the limit are told to come back, until others have ended.', async (t) => {
  const load = createLoad(limits)
  const first = held()
  const requests = [send(load, () => first.promise), send(load, () => first.promise)]
  const third = send(load, () => undefined)
  await third.ended
  t.is(third.ctx.status, 503)
  t.is(JSON.parse(third.ctx.body).code, 'overloaded')
  t.is(third.headers['Retry-After'], '2')
  t.deepEqual(load.inFlight, { ...none, working: 2 })

  first.resolve()
  await Promise.all(requests.map(({ ended }) => ended))
  t.deepEqual(load.inFlight, none)
  const fourth = send(load, () => undefined)
  await fourth.ended
  t.is(fourth.ctx.status, 200)
})

test('Whoever waits for a client or for the gateway takes no place, and comes back to it.', async (t) => {
  const load = createLoad(limits)
  const [body, charge] = [held(), held()]
  const slow = send(load, () => waitingFor('client', () => body.promise))
  const paying = send(load, () => waitingFor('gateway', () => charge.promise), ...pay)
  t.deepEqual(load.inFlight, { ...none, client: 1, gateway: 1 })
  const read = send(load, () => undefined)
  await read.ended
  t.is(read.ctx.status, 200)

  const rest = held()
  const reading = send(load, async () => {
    await waitingFor('client', () => body.promise)
    await rest.promise
  })
  body.resolve()
  await slow.ended
  t.deepEqual(load.inFlight, { ...none, working: 1, gateway: 1 })
  rest.resolve()
  charge.reject(new Error('The gateway is gone.'))
  await t.throwsAsync(paying.ended)
  await reading.ended
  t.deepEqual(load.inFlight, none)
})

test('A gateway that hangs keeps out payments alone.', async (t) => {
  const load = createLoad(limits)
  const charge = held()
  const hanging = send(load, () => waitingFor('gateway', () => charge.promise), ...pay)
  for (const path of ['/payment', '/retrypayment']) {
    const refused = send(load, () => undefined, 'POST', path)
    await refused.ended
    t.is(refused.ctx.status, 503, path)
  }
  for (const [method, path] of [
    ['GET', '/payment/pay_1'],
    ['GET', '/order/ord_1'],
    ['POST', '/order'],
  ] as const) {
    const served = send(load, () => undefined, method, path)
    await served.ended
    t.is(served.ctx.status, 200, path)
  }
  charge.resolve()
  await hanging.ended
  t.deepEqual(load.inFlight, none)
})

test('A payment that only waits for its end keeps no other out, and is at work again once it has come.', async (t) => {
  const load = createLoad(limits)
  const [end, rest] = [held(), held()]
  const waiting = send(
    load,
    async () => {
      await waitingFor('payment', () => end.promise)
      await rest.promise
    },
    ...pay,
  )
  t.deepEqual(load.inFlight, { ...none, payment: 1 })
  const charge = held()
  const other = send(load, () => waitingFor('gateway', () => charge.promise), ...pay)
  t.is(other.ctx.status, 200)
  const third = send(load, () => undefined, ...pay)
  await third.ended
  t.is(third.ctx.status, 503)
  end.resolve()
  await setImmediate()
  t.deepEqual(load.inFlight, { ...none, working: 1, gateway: 1 })
  rest.resolve()
  charge.resolve()
  await Promise.all([waiting.ended, other.ended])
  t.deepEqual(load.inFlight, none)
  const [fourth, fifth] = [held(), held()].map(({ promise }) => send(load, () => promise, ...pay))
  await fifth?.ended
  t.deepEqual([fourth?.ctx.status, fifth?.ctx.status], [200, 503])
})

test('What a request waited for may come after its end, and its failure frees its place.', async (t) => {
  const load = createLoad(limits)
  const late = held()
  await send(load, () => {
    void waitingFor('gateway', () => late.promise)
  }).ended
  t.deepEqual(load.inFlight, none)
  late.resolve()
  await late.promise
  const failed = send(load, () => {
    throw new Error('A bug.')
  })
  await t.throwsAsync(failed.ended)
  t.deepEqual(load.inFlight, none)
})

test('Outside of a request, waiting is only waiting.', async (t) => {
  t.is(await waitingFor('gateway', async () => 1), 1)
  t.is(
    waitingFor('gateway', () => 2),
    2,
  )
})
