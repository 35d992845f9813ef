import { connect, type Socket } from 'node:net'
import { StoreUnavailable } from '@holdfast/domain'
import pg from 'pg'
import { RefusedByServer } from './postgres-errors.ts'

/** "May we speak TLS?", which every PostgreSQL answers with a single letter, before anybody has said who they are. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Longer than an honest server takes; silence proves nothing. */
const ANSWER_WITHIN_MS = 2000

/**
 * After a failure to connect: throws `RefusedByServer` if something else than PostgreSQL answers there, which will not pass
 * by itself. Silence and a closed port may: a server that starts, or a proxy whose server is away.
 */
export const refuseStranger = async (url: string, failure: unknown): Promise<void> => {
  if (!(failure instanceof StoreUnavailable) || failure instanceof RefusedByServer) return
  const { host, port } = new pg.Client({ connectionString: url })
  const answer = await ask(host, port)
  if (answer === undefined || /^[SN]$/.test(answer) || answer.startsWith('E\0')) return
  throw new RefusedByServer(
    `DATABASE_URL: what answers at ${host}:${port} is not PostgreSQL. Name its host and port.`,
    { cause: failure },
  )
}

const ask = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket: Socket = host.startsWith('/')
      ? connect(`${host}/.s.PGSQL.${port}`)
      : connect(port, host)
    const end = (answer?: Buffer) => {
      socket.destroy()
      resolve(answer?.toString('latin1'))
    }
    socket.setTimeout(ANSWER_WITHIN_MS, end)
    socket.once('connect', () => socket.write(SSL_REQUEST))
    socket.once('data', end)
    socket.once('error', () => end())
    socket.once('close', () => end())
  })
