import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { type Sent, send } from './client.ts'
import { auditPlace, openPlace, type Place, sell } from './place.ts'

/** How a run is to be. Without a PostgreSQL URL it is one server on SQLite, otherwise two on that database. */
export type WaitingOptions = Readonly<{
  postgresUrl?: string | undefined
  waiters: number
  /** In so many seconds the payments begin, and end after the deadline in as many. */
  spreadSeconds: number
  deadlineSeconds: number
}>

/** Times in ms. `ends`: from the end of a payment to the answers of who waited for it; `stops`: from SIGTERM to the answers. */
export type WaitingReport = Readonly<{
  usual: readonly number[]
  meanwhile: readonly number[]
  ends: readonly number[]
  stops: readonly number[]
  faults: readonly string[]
  findings: readonly Finding[]
}>

/** As long as the service lets anybody wait. */
const WAIT_SECONDS = 30

const PRODUCTS = 100

/** A user may have a hundred who wait. */
const WAITERS_OF_USER = 5

/** Customers who do not wait, and their pause between two requests. */
const OTHERS = 4
const PAUSE_MS = 20

type Pending = Readonly<{ userId: string; orderId: string; paymentId: string }>

/**
 * Payments of which the gateway never says anything, each with a client that waits for its end; they are fenced at their
 * deadline, by whichever server looks first. Others order, pay and read meanwhile, and beside as many payments for which nobody
 * waits. In the end SIGTERM comes while all wait.
 */
export const runWaiting = async (options: WaitingOptions): Promise<WaitingReport> => {
  const { postgresUrl, waiters, spreadSeconds, deadlineSeconds } = options
  const settings = { PAYMENT_DEADLINE: `${deadlineSeconds}s` }
  const place = await openPlace(postgresUrl, postgresUrl === undefined ? 1 : 2, settings)
  const faults: string[] = []
  try {
    // Each is one of many, so that the ends of payments do not queue up for the stock of one.
    const products = await sell(place, PRODUCTS, 1_000_000)
    const productOf = (number: number) => products[number % PRODUCTS] ?? ''
    const measure = (seconds: number) => measureOthers(place, productOf, seconds, faults)
    const begin = (number: number) => beginPayment(place, productOf(number), number, faults)
    await measure(spreadSeconds / 2) // The processes get warm.
    /** Lets payments begin, measures others before any of them ends, and gives what came of the clients that wait. */
    const endAll = async (
      follow: (pending: Pending, number: number) => Promise<number | undefined>,
    ) => {
      const followed = Array.from({ length: waiters }, async (_, number) => {
        await sleep((number * spreadSeconds * 1000) / waiters)
        const pending = await begin(number)
        return pending && follow(pending, number)
      })
      await sleep(spreadSeconds * 1000)
      const others = await measure(deadlineSeconds - spreadSeconds - 1)
      return { others, ends: (await Promise.all(followed)).filter((ms) => ms !== undefined) }
    }
    const { others: usual } = await endAll(async () => undefined)
    await sleep((spreadSeconds + 2) * 1000) // Until these have ended, too.
    const { others: meanwhile, ends } = await endAll((pending, number) =>
      awaitEnd(place, pending, number, faults),
    )

    const stops = await stopAll(
      place,
      await Promise.all(Array.from({ length: waiters }, (_, n) => begin(n))),
      faults,
    )
    faults.push(...place.servers.flatMap(({ complaints }) => complaints))
    return { usual, meanwhile, ends, stops, faults, findings: await auditPlace(place, false) }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/** Sends a request to one of the servers; the answer, or undefined and a fault where its status is not the one expected. */
const ask = async (
  { servers }: Place,
  number: number,
  sent: Sent,
  status: number,
  faults: string[],
) => {
  const answer = await send(servers[number % servers.length]?.url ?? '', sent)
  if (!('none' in answer) && answer.status === status)
    return { ...answer, body: JSON.parse(answer.text) }
  faults.push(`${sent.method} ${sent.path}: ${JSON.stringify(answer)}`)
  return undefined
}

const beginPayment = async (
  place: Place,
  productId: string,
  number: number,
  faults: string[],
): Promise<Pending | undefined> => {
  const userId = `waiter-${Math.floor(number / WAITERS_OF_USER)}`
  const post = (path: string, body: object) => ({ method: 'POST', path, userId, body }) as const
  const lines = [{ productId, quantity: 1 }]
  const ordered = await ask(
    place,
    number,
    post('/order', { lines, allowDuplicate: true }),
    201,
    faults,
  )
  const orderId = ordered?.body.id
  const payment = { orderId, paymentMethod: 'fake_timeout' }
  const paid = ordered && (await ask(place, number, post('/payment', payment), 202, faults))
  return paid && { userId, orderId, paymentId: paid.body.id }
}

/** The three ways to wait, in turn: a repeated request to pay, and reading the payment and the order. */
const waitFor = ({ userId, orderId, paymentId }: Pending, number: number): Sent => {
  const waiting = { userId, waitSeconds: WAIT_SECONDS }
  if (number % 3 === 0) return { ...waiting, method: 'POST', path: '/payment', body: { orderId } }
  const path = number % 3 === 1 ? `/payment/${paymentId}` : `/order/${orderId}`
  return { ...waiting, method: 'GET', path }
}

/** Waits at the other server than the one that began the payment; ms from the end of the payment to the answer. */
const awaitEnd = async (
  place: Place,
  pending: Pending,
  number: number,
  faults: string[],
): Promise<number | undefined> => {
  const status = number % 3 === 0 ? 402 : 200
  const answer = await ask(place, number + 1, waitFor(pending, number), status, faults)
  if (!answer) return undefined
  const answeredAt = Date.now()
  const subject = answer.body.payment ?? answer.body
  const hasEnded = ['FAILED', 'PAYMENT_FAILED'].includes(subject.state)
  if (!hasEnded || answer.applied !== `wait=${WAIT_SECONDS}`) faults.push(JSON.stringify(answer))
  return answeredAt - Date.parse(subject.updatedAt)
}

/** Sends SIGTERM to every server while all wait; ms from the signal to each answer. */
const stopAll = async (
  place: Place,
  pending: readonly (Pending | undefined)[],
  faults: string[],
): Promise<readonly number[]> => {
  const stops: number[] = []
  const signal = { at: Number.POSITIVE_INFINITY }
  const waiting = pending.map(async (each, number) => {
    if (!each) return
    const status = number % 3 === 0 ? 202 : 200
    const answer = await ask(place, number + 1, waitFor(each, number), status, faults)
    if (!answer) return
    stops.push(performance.now() - signal.at)
    const isOpen = ['PENDING', 'PAYMENT_IN_PROGRESS'].includes(answer.body.state)
    if (!isOpen || answer.applied !== undefined) faults.push(JSON.stringify(answer))
  })
  while ((await countWaiting(place)) < pending.length) await sleep(20)
  signal.at = performance.now()
  const codes = await Promise.all(place.servers.map((server) => server.stop()))
  await Promise.all(waiting)
  faults.push(...codes.filter((code) => code !== 0).map((code) => `SIGTERM ended with ${code}.`))
  return stops
}

const countWaiting = async ({ servers }: Place): Promise<number> => {
  const numbers = servers.map(async ({ url }) => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/in_flight\{doing="waiting_for_payment"\} (\d+)/.exec(text)?.[1])
  })
  return (await Promise.all(numbers)).reduce((sum, number) => sum + number, 0)
}

/** Customers who order, pay and read what they have paid; how long each request took, in ms. */
const measureOthers = async (
  place: Place,
  productOf: (number: number) => string,
  seconds: number,
  faults: string[],
): Promise<readonly number[]> => {
  const times: number[] = []
  const endsAt = performance.now() + seconds * 1000
  const one = async (number: number) => {
    const userId = `other-${number}`
    const timed = async (sent: Sent, status: number) => {
      const answer = await ask(place, number, sent, status, faults)
      if (answer) times.push(answer.tookMs)
      await sleep(PAUSE_MS)
      return answer?.body
    }
    while (performance.now() < endsAt) {
      const lines = [{ productId: productOf(number), quantity: 1 }]
      const body = { lines, allowDuplicate: true }
      const { id: orderId } =
        (await timed({ method: 'POST', path: '/order', userId, body }, 201)) ?? {}
      await timed({ method: 'POST', path: '/payment', userId, body: { orderId } }, 201)
      for (const _ of [1, 2]) await timed({ method: 'GET', path: `/order/${orderId}`, userId }, 200)
    }
  }
  await Promise.all(Array.from({ length: OTHERS }, (_, number) => one(number)))
  return times
}
