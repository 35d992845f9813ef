import { Agent, request } from 'node:http'

/** A request; `key` is its idempotency key. */
export type Sent = Readonly<{
  method: 'GET' | 'POST' | 'PUT'
  path: string
  userId: string
  admin?: boolean
  body?: unknown
  key?: string
  ifMatch?: string
  /** Prefers to wait for so many seconds for the end of a payment. */
  waitSeconds?: number
}>

/** An answer as it came. */
export type Answer = Readonly<{
  status: number
  text: string
  replayed: boolean
  /** The preference that the answer says was applied. */
  applied: string | undefined
  tookMs: number
}>

/**
 * No answer. `refused`: nobody listened, so nothing can have happened. `cut`: the connection ended, so anything can.
 * `silence`: a connection that stays and never answers, which is always a fault.
 */
export type NoAnswer = Readonly<{ none: 'refused' | 'cut' | 'silence' }>

/** Longer than any answer may take. */
const SILENCE_MS = 20_000

/** Connections take turns, so that none is idle until the server closes it just as it is used again. */
const agent = new Agent({ keepAlive: true, scheduling: 'fifo' })

/** Cuts every connection to a server, as if its machine were gone: whoever waits has no answer. */
export const hangUp = (url: string): void => {
  const { host } = new URL(url)
  for (const [name, sockets] of Object.entries(agent.sockets)) {
    if (name.startsWith(`${host}:`)) for (const socket of sockets ?? []) socket.destroy()
  }
}

/** Sends a request once. Node's own client never repeats one behind our back. */
export const send = (url: string, sent: Sent): Promise<Answer | NoAnswer> =>
  new Promise((resolve) => {
    const begun = performance.now()
    const body = sent.body === undefined ? undefined : JSON.stringify(sent.body)
    const outgoing = request(url + sent.path, {
      method: sent.method,
      agent,
      timeout: SILENCE_MS + 1000 * (sent.waitSeconds ?? 0),
      headers: {
        'X-User-Id': sent.userId,
        ...(sent.admin && { 'X-User-Role': 'admin' }),
        ...(sent.key && { 'Idempotency-Key': sent.key }),
        ...(sent.ifMatch && { 'If-Match': sent.ifMatch }),
        ...(sent.waitSeconds && { Prefer: `wait=${sent.waitSeconds}` }),
        ...(body && {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        }),
      },
    })
    outgoing.on('timeout', () => {
      resolve({ none: 'silence' })
      outgoing.destroy()
    })
    outgoing.on('error', ({ code }: NodeJS.ErrnoException) =>
      resolve({ none: code === 'ECONNREFUSED' ? 'refused' : 'cut' }),
    )
    outgoing.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('error', () => resolve({ none: 'cut' }))
      response.on('close', () => {
        if (!response.complete) return resolve({ none: 'cut' })
        const replayed = response.headers['idempotent-replayed'] === 'true'
        resolve({
          status: response.statusCode ?? 0,
          text,
          replayed,
          applied: response.headers['preference-applied']?.toString(),
          tookMs: performance.now() - begun,
        })
      })
    })
    outgoing.end(body)
  })
