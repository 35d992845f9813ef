import { createUseCases, type Store, StoreUnavailable, type UseCases } from '@holdfast/domain'
import type { ExecutionContext } from 'ava'
import pg from 'pg'
import { createFakeGateway } from '../../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { audit, type Finding, readConfiguration } from '../../src/index.ts'
import { newId } from '../../src/new-id.ts'
import { postgres } from '../../src/sql/dialects.ts'
import type { DriverWatch } from '../../src/sql/driver.ts'
import { migrate } from '../../src/sql/migrate.ts'
import { openPostgres } from '../../src/sql/postgres-connections.ts'
import { createPostgresDriver } from '../../src/sql/postgres-driver.ts'
import { createSqlStore } from '../../src/sql/sql-store.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'
import { type Link, openLink } from './tcp-proxy.ts'

/** The use cases on a PostgreSQL, behind a link that can fail. */
export type Shop = Readonly<{
  useCases: UseCases
  store: Store
  /** The database itself, without the link. */
  url: string
  ledgerFile: string
  link: Link
  /** Runs SQL past the link. */
  sql: <Row extends pg.QueryResultRow>(text: string) => Promise<Row[]>
}>

/** The administrator, and a customer. */
export const admin = { operator: 'admin' }
export const ann = { user: 'ann' }

/** Opens the shop in a database of the test's own, or in a given one; it closes when the test has ended. */
export const openShop = async (
  t: ExecutionContext,
  given?: string,
  watch?: DriverWatch,
): Promise<Shop> => {
  const url = given ?? (await emptyPostgres(t))
  const link = await openLink(Number(new URL(url).port))
  const driver = createPostgresDriver(openPostgres(link.through(url)), watch)
  const ledgerFile = `${temporaryFolder(t)}/ledger.db`
  const ledger = openFakeLedger(ledgerFile)
  t.teardown(async () => {
    ledger.close()
    link.close()
    await driver.close()
  })
  await migrate(driver, postgres)
  const clock = { now: Date.now }
  const store = createSqlStore(driver, postgres)
  const gateway = createFakeGateway({ ledger, clock })
  await store.bindGateway({ gatewayId: ledger.gatewayId, at: clock.now() })
  const settings = {
    paymentDeadlineMs: 180_000,
    orderTtlMs: 86_400_000,
    duplicateWindowMs: 0,
    unpaidOrders: 0,
    idempotencyTtlMs: 86_400_000,
    defaultPaymentMethod: 'fake_approve',
  }
  const useCases = createUseCases({ store, gateway, clock, newId, settings })
  const sql = <Row extends pg.QueryResultRow>(text: string) => query<Row>(url, text)
  return { useCases, store, url, ledgerFile, link, sql }
}

/** Runs SQL on a connection of its own and gives the rows. */
export const query = async <Row extends pg.QueryResultRow>(
  url: string,
  text: string,
): Promise<Row[]> => {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<Row>(text).finally(() => client.end())
  return rows
}

/** A session past the link. */
export type Session = Pick<pg.Client, 'query'>

/** A session of somebody else's, who looks on or holds locks; it ends with the test. */
export const openSession = async (t: ExecutionContext, url: string): Promise<Session> => {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  t.teardown(() => client.end())
  return client
}

let products = 0

/** Puts a product on sale and returns its id. */
export const sell = async ({ useCases }: Pick<Shop, 'useCases'>, quantity = 100) => {
  products += 1
  const price = { amountMinor: 1299, currency: 'EUR' }
  const details = { sku: `SKU-${products}`, name: 'A mug', description: '', price, quantity }
  return (await useCases.createProduct({ by: admin, ...details }))._unsafeUnwrap().id
}

/** An order of ann's for one of each product, however many she has open. */
export const order = ({ useCases }: Pick<Shop, 'useCases'>, ...productIds: string[]) =>
  useCases.createOrder({
    by: ann,
    lines: productIds.map((productId) => ({ productId, quantity: 1 })),
    allowDuplicate: true,
  })

/** What came of a promise, and after how long; every failure but an outage is thrown. */
export const outcomeOf = async <T>(
  work: PromiseLike<T>,
): Promise<Readonly<{ value?: T; unavailable: boolean; tookMs: number }>> => {
  const begin = performance.now()
  const took = () => Math.round(performance.now() - begin)
  try {
    const value = await work
    return { value, unavailable: false, tookMs: took() }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return { unavailable: true, tookMs: took() }
  }
}

/** What an audit finds broken; empty if everything holds. */
export const brokenInvariants = async ({
  url,
  ledgerFile,
}: Pick<Shop, 'url' | 'ledgerFile'>): Promise<readonly Finding[]> => {
  const place = readConfiguration({ DATABASE_URL: url, FAKE_LEDGER: ledgerFile })
  return (await audit(place._unsafeUnwrap())).findings.filter(({ broken }) => broken > 0)
}
