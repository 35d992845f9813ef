import { ask, sendHalf } from './ask.ts'
import { type Checked, tally, times } from './check.ts'
import { startProxy } from './program.ts'
import type { SetUp } from './set-ups.ts'
import { type StandIn, startStandIn } from './stand-in.ts'

/** Two upstreams of ours that count, and a proxy of this set-up in front of them that waits a second for an answer. */
const withStandIns = async <T>(
  { program, write }: SetUp,
  run: (url: string, upstreams: readonly [StandIn, StandIn]) => Promise<T>,
): Promise<T> => {
  const upstreams = [await startStandIn(), await startStandIn()] as const
  const addresses = upstreams.map(({ address }) => address)
  const proxy = await startProxy(program, (port) =>
    write({ port, upstreams: addresses, patience: '1s' }),
  )
  try {
    return await run(proxy.url, upstreams)
  } finally {
    await proxy.stop()
    for (const upstream of upstreams) await upstream.close()
  }
}

const WRITES = ['POST', 'PUT', 'DELETE'] as const
const ENDS = { '/resets': 'a reset', '/hangs': 'a timeout' } as const

/** What a proxy makes of requests whose upstream is in trouble, and what it tells about them. */
export const checkRequests = async (setUp: SetUp): Promise<readonly Checked[]> => {
  const checked: Checked[] = []
  for (const method of WRITES) {
    for (const [path, end] of Object.entries(ENDS)) {
      checked.push(await checkOnce(setUp, method, path, end))
    }
  }
  for (const check of [checkTimeout, checkClosed, checkHalf, checkSender]) {
    checked.push(await withStandIns(setUp, check))
  }
  return checked
}

/** The first upstream has the whole write and may have done it: nobody else may get it, nor may it pass for done. */
const checkOnce = (setUp: SetUp, method: string, path: string, end: string): Promise<Checked> =>
  withStandIns(setUp, async (url, upstreams) => {
    const { status } = await ask(url, { method, path, body: {} })
    const count = arrivalsOf(upstreams, method).length
    return {
      name: `${method} is not sent again after ${end}`,
      holds: count === 1 && (status === 0 || status >= 500),
      saw: `came ${count} times, answered with ${status}`,
    }
  })

/** One order that takes too long is no reason to turn away everybody else. */
const checkTimeout = async (
  url: string,
  upstreams: readonly [StandIn, StandIn],
): Promise<Checked> => {
  await times(2, () => ask(url, { method: 'PUT', path: '/hangs', body: {} }))
  const before = arrivalsOf(upstreams, 'GET').length
  const statuses = await times(8, async () => (await ask(url, { method: 'GET', path: '/' })).status)
  const count = arrivalsOf(upstreams, 'GET').length - before
  return {
    name: 'one timeout closes the shop for nobody',
    holds: statuses.every((status) => status === 200) && count === 8,
    saw: `reads after it: ${tally(statuses)}`,
  }
}

/** A process that is down must not be noticed, as long as there is another. */
const checkClosed = async (
  url: string,
  upstreams: readonly [StandIn, StandIn],
): Promise<Checked> => {
  await upstreams[0].close()
  const statuses = await times(12, async (number) => {
    const method = ['GET', 'POST', 'PUT'][number % 3] ?? ''
    return (await ask(url, { method, path: '/', ...(method !== 'GET' && { body: {} }) })).status
  })
  return {
    name: 'with one process down, the other answers everybody',
    holds: statuses.every((status) => status === 200) && upstreams[1].arrivals.length === 12,
    saw: tally(statuses),
  }
}

/** Slow clients keep the proxy waiting, not the service. */
const checkHalf = async (url: string, upstreams: readonly [StandIn, StandIn]): Promise<Checked> => {
  const whole = { method: 'POST', path: '/', body: {} }
  await sendHalf(url, whole, () => times(3, () => ask(url, whole))) // What came first has been seen by then.
  const arrivals = arrivalsOf(upstreams, 'POST')
  return {
    name: 'a POST whose body does not come is not passed on',
    holds: arrivals.length === 3,
    saw: tally(arrivals.map(({ complete }) => (complete ? 'whole' : 'half'))),
  }
}

/** Who asks, and for which host: the last address is the one that the proxy saw itself. */
const checkSender = async (
  url: string,
  upstreams: readonly [StandIn, StandIn],
): Promise<Checked> => {
  const headers = { 'X-Forwarded-For': '203.0.113.9' }
  await ask(url, { method: 'GET', path: '/', headers, from: '127.0.0.2' })
  const [{ forwardedFor = '', host = '' } = {}] = arrivalsOf(upstreams, 'GET')
  return {
    name: 'the service sees the host, and last the address that the proxy saw',
    holds: host === new URL(url).host && forwardedFor.split(/, */).at(-1) === '127.0.0.2',
    saw: `${host}, ${forwardedFor}`,
  }
}

const arrivalsOf = (upstreams: readonly StandIn[], wanted: string) =>
  upstreams.flatMap(({ arrivals }) => arrivals).filter(({ method }) => method === wanted)
