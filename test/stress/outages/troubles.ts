import { setTimeout as sleep } from 'node:timers/promises'
import type { Asked, Shop } from './shop.ts'

/** Who asks for a payment again: its customer, with the key of the first request or without one, or nobody at all. */
const REPEATS = ['same key', 'no key', 'nobody'] as const

/** A payment that meets a trouble. */
export type Case = Readonly<{ action: Asked['action']; repeat: (typeof REPEATS)[number] }>

/**
 * Something that goes wrong between a claim and its conclusion. `run` lets the payments begin, perhaps some `late`, and
 * resolves at the time at which all is well again.
 */
export type Trouble = Readonly<{
  name: string
  cases: readonly Case[]
  late?: readonly Case[]
  run: (shop: Shop, begin: (which?: 'late') => void) => Promise<number>
}>

const ACTIONS = ['pay', 'retryPayment'] as const
const CASES: readonly Case[] = ACTIONS.flatMap((action) =>
  REPEATS.map((repeat) => ({ action, repeat })),
)

const isDown = (seconds: number): Trouble => ({
  name: `the gateway is down for ${seconds} s`,
  cases: CASES,
  run: async ({ gateway }, begin) => {
    await gateway.fail({ kind: 'refused', share: 0 })
    begin()
    await sleep(seconds * 1000)
    await gateway.comeBack()
    return performance.now()
  },
})

/**
 * Those who came first have opened the circuit and are gone, and the reconciler has just been at it again in vain: after two
 * seconds, or one more. Nobody but those who are refused would notice the return before its look after five.
 */
const refusesOthers: Trouble = {
  name: 'the gateway is down, and whoever comes later is refused',
  cases: Array.from({ length: CASES.length }, () => ({ action: 'pay', repeat: 'nobody' })),
  late: CASES.filter(({ repeat }) => repeat !== 'nobody'),
  run: async ({ gateway }, begin) => {
    await gateway.fail({ kind: 'refused', share: 0 })
    begin()
    await sleep(3100)
    begin('late')
    await sleep(100)
    await gateway.comeBack()
    return performance.now()
  },
}

const KILLED_MS = 2000

/** Every charge is in its middle when the gateway dies: not arrived yet, just arriving, or done and not answered. */
const isKilled = (when: 'not arrived' | 'arriving' | 'answered'): Trouble => ({
  name: `the gateway is killed while charges are ${when}`,
  cases: CASES,
  run: async ({ gateway }, begin) => {
    const held = gateway.link.hold(when === 'answered' ? when : 'not arrived', CASES.length)
    begin()
    const letGo = await within(held, `charges that are ${when}`)
    if (when === 'arriving') letGo()
    await gateway.fail({ kind: 'killed', share: 0 })
    letGo()
    await sleep(KILLED_MS)
    await gateway.comeBack()
    return performance.now()
  },
})

/** Our process dies at a crash point, and perhaps at another one while it recovers. */
const isOurs = (cases: readonly Case[], ...points: readonly string[]): readonly Trouble[] =>
  cases.map((each) => ({
    name: `our process is killed at ${points.join(', then at ')}`,
    cases: [each],
    run: async ({ server }, begin) => {
      await server.kill()
      for (const [life, point] of points.entries()) {
        await server.start({ CRASH_AT: `${point}:1` })
        if (life === 0) begin()
        await within(server.crashed(), point)
      }
      await server.start()
      return performance.now()
    },
  }))

const REACHED_MS = 30_000

/** What has to happen soon, or the trouble is none. */
const within = async <T>(happening: Promise<T>, what: string): Promise<T> => {
  const patience = new AbortController()
  const lost = sleep(REACHED_MS, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`Not reached within ${REACHED_MS} ms: ${what}`)
  })
  return Promise.race([happening, lost]).finally(() => {
    lost.catch(() => undefined)
    patience.abort()
  })
}

const of = (action: Asked['action']) => CASES.filter((each) => each.action === action)

/** The claim is written; the charge is on its way, back from it, or its outcome about to be written. */
const BETWEEN = [
  ...['before-charge', 'inside-charge', 'after-charge'],
  ...['before-writes:paymentSucceeded', 'before-commit:paymentSucceeded'],
  'after-commit:paymentSucceeded',
]

/** A worker that dies at these leaves a lease behind, which no customer has to wait for. */
const WHILE_IT_RECOVERS = ['before-lookup', 'inside-lookup', 'after-lookup', 'before-charge']

const repeated = CASES.filter(({ repeat }) => repeat !== 'nobody')

/** All that may go wrong, one after the other. */
export const troubles: readonly Trouble[] = [
  ...[isDown(2), isDown(10), refusesOthers],
  ...(['not arrived', 'arriving', 'answered'] as const).map(isKilled),
  ...isOurs(of('pay'), 'after-commit:startPayment'),
  ...isOurs(of('retryPayment'), 'after-commit:retryPayment'),
  ...BETWEEN.flatMap((point) => isOurs(CASES, point)),
  ...WHILE_IT_RECOVERS.flatMap((point) => isOurs(repeated, 'before-charge', point)),
]
