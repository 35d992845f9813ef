import { fileURLToPath } from 'node:url'
import { type Answer, type NoAnswer, send } from '../client.ts'
import { openPlace, type Place, sell } from '../place.ts'
import { type ServerProcess, serverOn } from '../servers.ts'
import { openTroubledGateway, type TroubledGateway } from './gateway.ts'

/** How customers get to the use cases: a process embeds them, or the service is asked over HTTP. */
export const MANNERS = ['embedded', 'http'] as const
export type Manner = (typeof MANNERS)[number]

/** A request to pay. */
export type Asked = Readonly<{
  action: 'pay' | 'retryPayment'
  orderId: string
  userId: string
  paymentMethod: string
  key?: string | undefined
}>

/** `later`: no answer, or one that says that nothing was begun. Whatever else is heard is the code of a refusal. */
export type Heard = 'paid' | 'pending' | 'declined' | 'later' | (string & {})

/** A process of ours on a database of its own, whose gateway can be put out of reach. */
export type Shop = Readonly<{
  manner: Manner
  place: Place
  server: ServerProcess
  gateway: TroubledGateway
  order: (userId: string) => Promise<string>
  pay: (asked: Asked) => Promise<Heard>
  close: () => Promise<void>
}>

const embedded = fileURLToPath(new URL('./embedded.ts', import.meta.url))

/** Opens one on a PostgreSQL database, or on SQLite, with enough in stock for everybody. */
export const openShop = async (
  manner: Manner,
  postgresUrl: string | undefined,
  gatewayTimeout: string,
): Promise<Shop> => {
  const gateway = await openTroubledGateway()
  const settings = {
    ...{ GATEWAY_URL: gateway.url, FAKE_LEDGER: gateway.ledgerFile },
    GATEWAY_TIMEOUT: gatewayTimeout,
  }
  const place = await openPlace(postgresUrl, manner === 'http' ? 1 : 0, settings)
  const server = place.servers[0] ?? (await serverOn(place.environment, { program: embedded }))
  if (manner === 'embedded') await server.start()
  const customers = manner === 'http' ? await overHttp(server.url) : await embeddedIn(server.url)
  const close = async () => {
    await server.kill()
    await gateway.close()
    await place.remove()
  }
  return { manner, place: { ...place, servers: [server] }, server, gateway, ...customers, close }
}

type Customers = Pick<Shop, 'order' | 'pay'>

const overHttp = async (url: string): Promise<Customers> => {
  const [productId] = await sell({ servers: [{ url } as ServerProcess] }, 1, 1_000_000)
  return {
    order: async (userId) => {
      const body = { lines: [{ productId, quantity: 1 }] }
      const answer = await send(url, { method: 'POST', path: '/order', userId, body })
      if ('none' in answer || answer.status !== 201) throw new Error(JSON.stringify(answer))
      return String(JSON.parse(answer.text).id)
    },
    pay: async ({ action, orderId, userId, paymentMethod, key }) => {
      const path = action === 'pay' ? '/payment' : '/retrypayment'
      const sent = { method: 'POST', path, userId, ...(key && { key }) } as const
      return heardOf(await send(url, { ...sent, body: { orderId, paymentMethod } }))
    },
  }
}

const heardOf = (answer: Answer | NoAnswer): Heard => {
  if ('none' in answer) return answer.none === 'silence' ? answer.none : 'later'
  if (answer.status === 202) return 'pending'
  if (answer.status === 503) return 'later'
  const { code, state } = JSON.parse(answer.text)
  if (state === 'SUCCEEDED' || code === 'order_already_paid') return 'paid'
  return code === 'payment_declined' ? 'declined' : String(code ?? state)
}

const embeddedIn = async (url: string): Promise<Customers> => {
  const call = async (path: string, body: object): Promise<string | NoAnswer> => {
    const answer = await send(url, { method: 'POST', path, userId: 'embedder', body })
    return 'none' in answer ? answer : JSON.parse(answer.text)
  }
  const productId = await call('/sell', {})
  return {
    order: async (userId) => {
      const orderId = await call('/order', { userId, productId })
      if (typeof orderId !== 'string') throw new Error(JSON.stringify(orderId))
      return orderId
    },
    pay: async (asked) => {
      const heard = await call('/pay', asked)
      if (typeof heard === 'string') return heard
      return heard.none === 'silence' ? heard.none : 'later'
    },
  }
}
