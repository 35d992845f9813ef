import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import { amount, charge, gatewayAt, heard, standIn } from './support.ts'

const MOST_CHARGES = 128
const MOST_QUESTIONS = 64

/** A gateway that keeps every charge or every lookup waiting until the test lets it answer. */
const opened = async (t: ExecutionContext, holds: 'charges' | 'lookups') => {
  const held: (() => void)[] = []
  const server = await standIn(t, ({ url = '' }, response: ServerResponse) => {
    const key = /pay_\d+/.exec(url + server.asked.at(-1)?.body)?.[0]
    const answer = () =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ idempotencyKey: key, amount, state: 'captured' }))
    if ((url === '/charge') === (holds === 'charges')) held.push(answer)
    else answer()
  })
  return { ...gatewayAt(server.url), server, held }
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Resolves once the server was asked so many times in all. */
const askedTimes = async (server: Awaited<ReturnType<typeof standIn>>, count: number) => {
  while (server.asked.length < count) await once(server.events, 'asked')
}

test('charges under way are bounded; further ones wait, and new ones are not begun', async (t) => {
  const { gateway, server, held } = await opened(t, 'charges')
  const charges = times(MOST_CHARGES, (index) => charge(gateway, `pay_${index}`))
  t.false(gateway.isAvailable())
  const late = charge(gateway, 'pay_999')
  await askedTimes(server, MOST_CHARGES)
  t.is(await heard(gateway.lookup('pay_1')), 'captured', 'questions have a budget of their own')
  t.is(server.asked.length, MOST_CHARGES + 1, 'the late charge waits')
  held.shift()?.()
  await askedTimes(server, MOST_CHARGES + 2)
  t.false(gateway.isAvailable())
  for (const answer of held.splice(0)) answer()
  for (const answer of [...charges, late]) t.is(await heard(answer), 'captured')
  t.true(gateway.isAvailable())
})

test('questions under way are bounded, and charges go on beside them', async (t) => {
  const { gateway, server, held } = await opened(t, 'lookups')
  const lookups = times(MOST_QUESTIONS + 1, (index) => gateway.lookup(`pay_${index}`))
  await askedTimes(server, MOST_QUESTIONS)
  t.true(gateway.isAvailable())
  t.is(await heard(charge(gateway, 'pay_1')), 'captured')
  t.is(server.asked.length, MOST_QUESTIONS + 1, 'one question waits')
  held.shift()?.()
  await askedTimes(server, MOST_QUESTIONS + 2)
  for (const answer of held.splice(0)) answer()
  for (const answer of lookups) t.is(await heard(answer), 'captured')
})

test('a charge that waited until our patience was over is never sent', async (t) => {
  const { gateway, patience, server, held } = await opened(t, 'charges')
  const charges = times(MOST_CHARGES + 10, (index) => charge(gateway, `pay_${index}`))
  await askedTimes(server, MOST_CHARGES)
  patience.end()
  for (const answer of charges) t.is(await heard(answer), 'outcome_unknown')
  held.splice(0)
  const lookup = heard(gateway.lookup('pay_1'))
  t.is(await lookup, 'captured') // Whatever else was sent would have arrived by now.
  t.is(server.asked.length, MOST_CHARGES + 1)
})

test('beyond a thousand that wait, a charge is refused at once', async (t) => {
  const { gateway, patience, server } = await opened(t, 'charges')
  const waiting = times(MOST_CHARGES + 1000, (index) => charge(gateway, `pay_${index}`))
  const refused = await charge(gateway, 'pay_9999')
  t.regex(refused._unsafeUnwrapErr().detail, /nothing was sent/)
  await askedTimes(server, MOST_CHARGES)
  patience.end()
  for (const answer of waiting) t.is(await heard(answer), 'outcome_unknown')
  t.is(server.asked.length, MOST_CHARGES)
})
