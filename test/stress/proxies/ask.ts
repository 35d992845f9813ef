import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request for a proxy. Each has a connection of its own, as each customer's browser has. */
export type Asked = Readonly<{
  method: string
  path: string
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** The address that the request comes from. */
  from?: string
}>

/** What came back; status 0 where the connection ended without an answer. */
export type Told = Readonly<{ status: number; text: string; tag: string | undefined }>

/** Asks once. */
export const ask = (url: string, { method, path, body, headers, from }: Asked): Promise<Told> =>
  new Promise((resolve) => {
    const bytes = body === undefined ? '' : JSON.stringify(body)
    const sent = request(url + path, {
      method,
      agent: false,
      localAddress: from ?? '127.0.0.1',
      headers: {
        ...(bytes && {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(bytes),
        }),
        ...headers,
      },
    })
    sent.once('error', () => resolve({ status: 0, text: '', tag: undefined }))
    sent.once('response', async (response) => {
      const status = response.statusCode ?? 0
      const all = await text(response).catch(() => '')
      resolve({ status, text: all, tag: response.headers.etag })
    })
    sent.end(bytes)
  })

/** Sends the beginning of a request, and leaves when `meanwhile` is over. */
export const sendHalf = async (
  url: string,
  { method, path }: Asked,
  meanwhile: () => Promise<unknown>,
): Promise<void> => {
  const { host, hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  const headers = [`Host: ${host}`, 'Content-Type: application/json', 'Content-Length: 100']
  const bytes = [`${method} ${path} HTTP/1.1`, ...headers, '', '{'].join('\r\n')
  await new Promise((sent) => socket.write(bytes, sent))
  await meanwhile()
  socket.destroy()
}
