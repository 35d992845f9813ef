import { setTimeout as sleep } from 'node:timers/promises'
import { auditPlace, openPlace, type Place, sell, stopAll } from '../place.ts'
import { type Asked, ask, type Told } from './ask.ts'
import { type Checked, tally, times } from './check.ts'
import { startProxy } from './program.ts'
import type { SetUp } from './set-ups.ts'

/** A shop behind a proxy: two real server processes on one database, and a gateway that may hang for half a minute. */
type Shop = Readonly<{ place: Place; url: string; productId: string }>

/** What the service makes of a proxy: tags, a process that dies at a payment, and processes that are restarted in turn. */
export const checkShop = async (
  { program, write }: SetUp,
  postgresUrl: string,
): Promise<readonly Checked[]> => {
  const place = await openPlace(postgresUrl, 2, { TRUST_PROXY: '1', GATEWAY_TIMEOUT: '30s' })
  const upstreams = place.servers.map(({ url }) => new URL(url).host)
  const proxy = await startProxy(program, (port) => write({ port, upstreams, patience: '75s' }))
  try {
    const [productId = ''] = await sell(place, 1, 1_000_000)
    const shop = { place, productId, url: proxy.url }
    const checked = [await checkTag(shop), await checkDeath(shop), await checkRestarts(shop)]
    const ends = [...(await stopAll(place)), ...place.servers.flatMap((each) => each.complaints)]
    const findings = await auditPlace(place, false)
    const broken = findings.filter((finding) => finding.broken > 0).map(({ id }) => id)
    const all = { name: 'in the end, every invariant holds', saw: [...broken, ...ends].join(', ') }
    return [...checked, { ...all, holds: all.saw === '' }]
  } finally {
    await proxy.stop()
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

const as = (userId: string) => ({ 'X-User-Id': userId, 'Accept-Encoding': 'gzip' })

const placeOrder = (
  url: string,
  productId: string,
  userId: string,
  key?: string,
): Promise<Told> => {
  const body = { lines: [{ productId, quantity: 1 }], allowDuplicate: true }
  const headers = { 'X-User-Id': userId, ...(key && { 'Idempotency-Key': key }) }
  return ask(url, { method: 'POST', path: '/order', body, headers })
}

const idOf = ({ status, text }: Told): string => {
  if (status !== 201) throw new Error(`${status} ${text}`)
  return JSON.parse(text).id
}

/** As a browser edits an order: it has the tag of what it showed, which came compressed if anybody compresses. */
const checkTag = async ({ url, productId }: Shop): Promise<Checked> => {
  const path = `/order/${idOf(await placeOrder(url, productId, 'ann'))}`
  const edits = await times(2, async (number) => {
    const { tag = '' } = await ask(url, { method: 'GET', path, headers: as('ann') })
    const headers = { ...as('ann'), 'If-Match': tag }
    const body = { lines: [{ productId, quantity: number + 2 }] }
    const { status } = await ask(url, { method: 'PUT', path, body, headers })
    return `${tag} ${status}`
  })
  return {
    name: 'an order is edited with the tag that came through',
    holds: edits.every((edit) => edit.endsWith(' 200')),
    saw: tally(edits),
  }
}

/** The process that waits for the gateway is killed: nobody else may charge, and nobody else may notice. */
const checkDeath = async ({ place, url, productId }: Shop): Promise<Checked> => {
  const orderId = idOf(await placeOrder(url, productId, 'ben'))
  const body = { orderId, paymentMethod: 'fake_timeout' }
  const headers = { 'X-User-Id': 'ben' }
  const paying = ask(url, { method: 'POST', path: '/payment', body, headers })
  const holder = await whoPays(place)
  await place.servers[holder]?.kill()
  const { status } = await paying
  const honest = await times(12, async () => (await placeOrder(url, productId, 'cat')).status)
  const read: Asked = { method: 'GET', path: `/order/${orderId}`, headers }
  const { payments } = JSON.parse((await ask(url, read)).text)
  const charged = await attemptsOf(place.servers[1 - holder]?.url ?? '')
  await place.servers[holder]?.start()
  return {
    name: 'a process that dies at a payment takes nobody with it, and no other pays again',
    holds:
      (status === 0 || status >= 500) &&
      honest.every((each) => each === 201) &&
      payments.length === 1 &&
      charged === 0,
    saw: `payment ${status}, ${payments.length} attempt; orders meanwhile: ${tally(honest)}`,
  }
}

/** Which of the servers has begun an attempt to pay. */
const whoPays = async ({ servers }: Place): Promise<number> => {
  for (;;) {
    const attempts = await Promise.all(servers.map(({ url }) => attemptsOf(url)))
    const payer = attempts.findIndex((count) => count > 0)
    if (payer >= 0) return payer
    await sleep(20)
  }
}

const attemptsOf = async (server: string): Promise<number> => {
  const { text } = await ask(server, { method: 'GET', path: '/metrics' })
  return Number(/^holdfast_payment_attempts_total (\d+)$/m.exec(text)?.[1] ?? 0)
}

/** HAProxy looks every two seconds whether a process is back. */
const BACK_MS = 5000

/** Each process is stopped by SIGTERM and started again, while four customers go on ordering as the docs tell them to. */
const checkRestarts = async ({ place, url, productId }: Shop): Promise<Checked> => {
  const statuses: number[] = []
  let repeats = 0
  let isOver = false
  const shopping = Array.from({ length: 4 }, async (_, customer) => {
    while (!isOver) {
      const userId = `customer-${customer}-${statuses.length >> 4}`
      const key = `${customer}-${statuses.length}`
      const first = await placeOrder(url, productId, userId, key)
      const isAnswered = first.status !== 0 && first.status !== 502
      if (!isAnswered) repeats += 1
      const last = isAnswered ? first : await placeOrder(url, productId, userId, key)
      statuses.push(last.status)
    }
  })
  for (const server of place.servers) {
    await sleep(BACK_MS)
    await server.stop()
    await server.start()
  }
  isOver = true
  await Promise.all(shopping)
  return {
    name: 'a restart of each process in turn costs no more than a repeat with the same key',
    holds: statuses.length > 0 && statuses.every((status) => status === 201),
    saw: `${tally(statuses)}, ${repeats} of them repeated`,
  }
}
