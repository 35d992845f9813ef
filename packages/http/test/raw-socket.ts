import { connect } from 'node:net'
import { checkAnswer } from './contract-check.ts'
import type { Answer } from './support.ts'

/** What to send: a method, a path as it stands, lines of header as they stand, and bytes. */
export type RawRequest = Readonly<{
  method?: string
  path?: string
  /** Instead of the usual ones: a host, ann the admin, JSON, the body's length. */
  head?: readonly string[]
  /** Besides the usual ones. */
  more?: readonly string[]
  body?: string | Uint8Array
  /** The client sends no more after this, and waits for an answer. */
  thenEnd?: boolean
  /** The client is gone after this. */
  thenLeave?: boolean
}>

/** The bytes of a request that a well-behaved client cannot be made to send. */
const bytesOf = ({ method = 'GET', path = '/order', head, more = [], body = '' }: RawRequest) => {
  const bytes = Buffer.from(body)
  const usual = [
    'Host: localhost',
    'X-User-Id: ann',
    'X-User-Role: admin',
    ...(bytes.length > 0
      ? ['Content-Type: application/json', `Content-Length: ${bytes.length}`]
      : []),
  ]
  const headers = [...(head ?? usual), ...more, 'Connection: close']
  const start = [`${method} ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(start, 'latin1'), bytes])
}

/**
 * Sends bytes on a connection of their own and reads what comes back until it closes; silence for a minute is an error,
 * since hundreds are sent at once. The answer is held against the OpenAPI document.
 */
export const sendRaw = (url: string, request: RawRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const received: Buffer[] = []
    socket.setTimeout(60_000, () => socket.destroy(new Error('No answer within a minute.')))
    socket.on('data', (bytes) => received.push(bytes))
    socket.on('error', reject)
    socket.on('close', () => {
      const answer = parse(Buffer.concat(received).toString())
      try {
        checkAnswer({ method: 'GET', path: '/order', ...request }, answer)
        resolve(answer)
      } catch (error) {
        reject(error)
      }
    })
    socket.write(bytesOf(request), () => {
      if (request.thenEnd) socket.end()
      if (request.thenLeave) socket.destroy()
    })
  })

const parse = (received: string): Answer => {
  const [head = '', ...rest] = received.split('\r\n\r\n')
  const [start = '', ...lines] = head.split('\r\n')
  const headers = new Headers()
  for (const line of lines) headers.append(line.split(':')[0] ?? '', line.replace(/^[^:]*:/, ''))
  const text = rest.join('\r\n\r\n')
  const isJson = text !== '' && /json/.test(headers.get('content-type') ?? '')
  return {
    status: Number(start.split(' ')[1] ?? 0),
    headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  }
}
