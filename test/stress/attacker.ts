import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A process that attacks a server, `node attacker.ts KIND URL MS`, and prints as JSON what came of it. It is one of its
 * own, so that its work does not slow down those who measure.
 */
const [kind = '', url = '', ms = '0'] = process.argv.slice(2)
const counts: Record<string, number> = {}
const note = (what: string) => {
  counts[what] = (counts[what] ?? 0) + 1
}
const endsAt = performance.now() + Number(ms)
const isOver = () => performance.now() > endsAt

/** One user, who asks as fast as so many connections allow. */
const flood = async (): Promise<void> => {
  const agent = new Agent({ keepAlive: true })
  const ask = () =>
    new Promise<void>((resolve) => {
      const headers = { 'X-User-Id': 'flooder' }
      get(`${url}/product`, { agent, headers }, (answer) => {
        note(String(answer.statusCode))
        answer.resume().on('close', resolve)
      }).on('error', () => {
        note('no answer')
        resolve()
      })
    })
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (!isOver()) await ask()
    }),
  )
}

/** So many connections that send one header line a second and never come to an end; how long each is borne. */
const slowHeaders = async (): Promise<void> => {
  const { hostname, port } = new URL(url)
  const dawdle = () =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname)
      const begunAt = performance.now()
      socket.on('connect', () => note('connected'))
      socket.write('GET /product HTTP/1.1\r\nHost: localhost\r\n')
      const timer = setInterval(() => socket.write('X-Slow: a\r\n'), 1000)
      socket.on('data', (bytes) => note(String(bytes).split(' ')[1] ?? ''))
      socket.on('error', () => note('cut'))
      socket.on('close', () => {
        clearInterval(timer)
        const borneMs = Math.round(performance.now() - begunAt)
        counts['longest borne, in ms'] = Math.max(counts['longest borne, in ms'] ?? 0, borneMs)
        resolve()
      })
    })
  const dawdling = Array.from({ length: 500 }, async () => {
    while (!isOver()) await dawdle()
  })
  await Promise.race([Promise.all(dawdling), sleep(Number(ms))])
}

const attacks: Readonly<Record<string, () => Promise<void>>> = {
  flood,
  'slow-headers': slowHeaders,
}
await attacks[kind]?.()
process.stdout.write(JSON.stringify(counts))
process.exit()
