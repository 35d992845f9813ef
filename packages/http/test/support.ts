import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type Configuration, type Replacements, readConfiguration } from '@holdfast/adapters'
import { createMemoryStore } from '@holdfast/domain/testing'
import type { ExecutionContext } from 'ava'
import { type Temporary, temporaryDatabase, temporaryFolder } from '../../../test/databases.ts'
import { testLog } from '../../../test/logs.ts'
import { type Replaced, type Service, serve } from '../src/serve.ts'
import { checkAnswer } from './contract-check.ts'

/** An answer, with its body parsed where it is JSON. */
export type Answer = Readonly<{
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  body: any
}>

/** What a test sends; an object is sent as JSON, text as it is. */
export type Sent = Readonly<{
  user?: string
  admin?: boolean
  key?: string
  headers?: Readonly<Record<string, string>>
}>

/** A service on a port and in a folder of its own, and a client for it. */
export type TestService = Readonly<{
  service: Service
  ask: (method: string, path: string, body?: unknown, sent?: Sent) => Promise<Answer>
}>

/** Where the service keeps its data, and what it needs of the outside; the store is the one that TEST_STORE names. */
export const openPlace = async (
  environment: Readonly<Record<string, string>> = {},
): Promise<Temporary<{ configuration: Configuration; replacements: Replacements }>> => {
  const folder = temporaryFolder()
  const kind = process.env['TEST_STORE'] ?? 'sqlite'
  const database = kind === 'postgres' ? await temporaryDatabase() : undefined
  const configuration = readConfiguration({
    DATABASE_URL: database?.it ?? `sqlite:${join(folder.it, 'holdfast.db')}`,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: join(folder.it, 'ledger.db'),
    GATEWAY_TIMEOUT: '50ms', // The gateway's silence is noticed soon.
    LOG_LEVEL: 'trace', // All of it is searched for secrets in the end.
    RATE_LIMIT: '0', // One user asks for everything.
    UNPAID_ORDERS: '0', // And pays for little of it.
    SHUTDOWN_GRACE: '0', // Nobody is there any more.
    PORT: '0',
    ...environment,
  })._unsafeUnwrap()
  return {
    it: { configuration, replacements: kind === 'memory' ? { store: createMemoryStore() } : {} },
    remove: async () => {
      await database?.remove()
      await folder.remove()
    },
  }
}

/** Starts the real service on a real port; it stops when the test has ended. */
export const startService = async (
  t: ExecutionContext,
  replacements: Replaced = {},
): Promise<TestService> => {
  const started = await startOneService(replacements)
  t.teardown(started.stop)
  return started
}

/** Starts one service for a whole file of tests that do not disturb each other; `stop` belongs into `after.always`. */
export const startOneService = async (
  replacements: Replaced = {},
  environment: Readonly<Record<string, string>> = {},
  log = testLog(),
): Promise<TestService & { stop: () => Promise<void> }> => {
  const place = await openPlace(environment)
  const started = await startServiceIn(place, replacements, log)
  const stop = async () => {
    await started.service.stop()
    await place.remove()
  }
  return { ...started, stop }
}

/** Starts a service in a place that is there already. */
export const startServiceIn = async (
  { it: { configuration, replacements } }: Awaited<ReturnType<typeof openPlace>>,
  more: Replaced = {},
  log = testLog(),
): Promise<TestService> => {
  const service = await serve(configuration, { ...replacements, ...more }, log)
  return { service, ask: clientOf(service.url) }
}

/** A line of the log. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into lines of every shape.
type LogLine = any

/** A service whose log can be read: all of it so far, or the line of a request, once it is written. */
export const startLoggedService = async (
  replacements: Replaced = {},
  environment: Readonly<Record<string, string>> = {},
) => {
  const written: LogLine[] = []
  const log = {
    write: (line: string) => {
      testLog().write(line)
      written.push(JSON.parse(line))
    },
  }
  const started = await startOneService(replacements, environment, log)
  const logged = async (requestId: string | null): Promise<LogLine> => {
    for (;;) {
      const line = written.find((each) => each.requestId === requestId)
      if (line) return line
      await setImmediate() // The line is written once the answer is sent.
    }
  }
  return { ...started, lines: (): readonly LogLine[] => written, logged }
}

/** Asks a service at a URL; as ann, unless somebody else is named. Every answer is held against the OpenAPI document. */
export const clientOf =
  (url: string): TestService['ask'] =>
  async (method, path, body, { user = 'ann', admin = false, key, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(user && { 'X-User-Id': user }),
        ...(admin && { 'X-User-Role': 'admin' }),
        ...(key && { 'Idempotency-Key': key }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    }
    checkAnswer({ method, path }, answer)
    return answer
  }

let products = 0

/** Puts a product on sale and returns its id. */
export const sell = async (
  { ask }: Pick<TestService, 'ask'>,
  quantity: number,
  amountMinor = 1299,
): Promise<string> => {
  products += 1
  const price = { amountMinor, currency: 'EUR' }
  const product = { sku: `SKU-${products}`, name: `Product ${products}`, price, quantity }
  const made = await ask('POST', '/product', product, { admin: true })
  return made.body.id
}

/** Lines for an order of one product. */
export const lines = (productId: string, quantity = 1) => ({ lines: [{ productId, quantity }] })

/** Places an order for one of a product and returns its id. */
export const place = async (
  { ask }: Pick<TestService, 'ask'>,
  productId: string,
  quantity = 1,
): Promise<string> => (await ask('POST', '/order', lines(productId, quantity))).body.id
