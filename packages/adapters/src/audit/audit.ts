import type { LedgerEntry } from '../gateway/ledger-rows.ts'
import type { Dialect } from '../sql/dialects.ts'
import type { Run, SqlDriver } from '../sql/driver.ts'
import { integer, text } from '../sql/statement.ts'
import { checkCharges } from './charge-checks.ts'
import { type Circumstances, circumstancesAt } from './circumstances.ts'
import { type Finding, type Notes, takeNotes, type UnderWay } from './findings.ts'
import { type LedgerCopy, openLedgerCopy } from './ledger-copy.ts'
import { type AuditedOrder, orderChecks } from './order-checks.ts'
import { orderPages, PAGE_SIZE, type StoredOrder } from './order-pages.ts'
import { paymentChecks } from './payment-checks.ts'
import { recordChecks } from './record-checks.ts'
import { runSqlCheck } from './sql-check.ts'
import { stockChecks } from './stock-checks.ts'

/** What was looked at. */
type Audited = Readonly<Record<'orders' | 'payments' | 'refunds' | 'products' | 'keys', number>>

/** What an audit came to. It holds if no finding has a broken row. `at` is the moment that it looked at, in ms since 1970. */
export type Report = Readonly<{
  at: number
  audited: Audited
  findings: readonly Finding[]
  underWay: UnderWay
}>

/** How far an audit is: rows of `total`, about. */
type Progress = Readonly<{ doing: string; done: number; total: number }>

/**
 * What an audit reads, and how. `quiet` says that nothing is under way, so that whatever is open is a fault. The ledger is
 * read after the database: then a gateway that knows less than we do is one that lost something.
 */
export type Audit = Readonly<{
  driver: SqlDriver
  dialect: Dialect
  ledger: (now: number) => AsyncIterable<LedgerEntry>
  gatewayTimeoutMs: number
  quiet?: boolean
  now?: () => number
  pageSize?: number
  onProgress?: (progress: Progress) => void
}>

/**
 * Compares what the database holds, in one snapshot, with itself and with the gateway's ledger. It works on raw rows and
 * uses none of the rules that it checks. It changes nothing, and keeps no more than a page of orders in memory.
 */
export const auditBooks = (audit: Audit): Promise<Report> =>
  audit.driver.snapshot(async (run) => {
    const copy = openLedgerCopy()
    try {
      return await auditSnapshot(audit, run, copy)
    } finally {
      copy.close()
    }
  })

const auditSnapshot = async (audit: Audit, run: Run, copy: LedgerCopy): Promise<Report> => {
  const { now = Date.now, quiet = false, pageSize = PAGE_SIZE, onProgress } = audit
  const at = now()
  const circumstances = circumstancesAt(at, audit.gatewayTimeoutMs, quiet)
  const notes = takeNotes()
  const counts = await countRows(run)
  const total = counts.payments + counts.orders
  let done = 0
  const show = (doing: string, more: number) => {
    done = Math.min(done + more, total)
    onProgress?.({ doing, done, total })
  }
  let keys = 0
  for await (const entries of pagesOf(audit.ledger(now()), pageSize)) {
    copy.add(entries)
    keys += entries.length
    show('ledger', entries.length)
  }
  for (const check of [...stockChecks, ...recordChecks(circumstances)]) {
    show('stock', 0)
    await runSqlCheck(run, notes, check)
  }
  for await (const orders of orderPages(run, pageSize)) {
    checkOrders(orders, copy, circumstances, notes)
    show('orders', orders.length)
  }
  await checkKeys(audit, copy, pageSize, notes)
  return {
    at,
    audited: { ...counts, keys },
    findings: notes.findings(),
    underWay: notes.underWay(),
  }
}

const countRows = async (run: Run): Promise<Omit<Audited, 'keys'>> => {
  const count = async (table: string) =>
    integer((await run(`select count(*) as rows_there from ${table}`))[0] ?? {}, 'rows_there')
  return {
    orders: await count('orders'),
    payments: await count('payments'),
    refunds: await count('refunds'),
    products: await count('products'),
  }
}

const checkOrders = (
  orders: readonly StoredOrder[],
  copy: LedgerCopy,
  circumstances: Circumstances,
  notes: Notes,
): void => {
  const paymentIds = orders.flatMap(({ payments }) => payments.map(({ id }) => id))
  const ledger = copy.take(paymentIds)
  for (const order of orders) {
    if (!isThere(order)) {
      const found = 'The order is not there, but lines, history or payments of it are.'
      notes.breaks('I8', [{ row: order.id, found }])
      continue
    }
    for (const { id, holds, shows } of [...orderChecks, ...paymentChecks]) {
      if (!holds(order)) notes.breaks(id, [{ row: order.id, found: shows(order) }])
    }
    checkCharges(order, ledger, circumstances, notes)
  }
}

const isThere = (order: StoredOrder): order is AuditedOrder => order.row !== undefined

/**
 * The keys that no payment of the snapshot has. An intent is durable before the gateway hears of it: a payment that was
 * begun since is there by now.
 */
const checkKeys = async (
  { driver, dialect }: Audit,
  copy: LedgerCopy,
  pageSize: number,
  notes: Notes,
): Promise<void> => {
  for (;;) {
    const entries = copy.takeSome(pageSize)
    if (entries.length === 0) return
    const keys = JSON.stringify(entries.map(({ idempotencyKey }) => idempotencyKey))
    const sql = `select id from payments where ${dialect.isAmong('id')}`
    const [begun = []] = await driver.read([{ sql, params: [keys] }])
    const ids = new Set(begun.map((row) => text(row, 'id')))
    for (const { idempotencyKey, state, captures, refunds } of entries) {
      if (ids.has(idempotencyKey)) notes.leaveOut('begun')
      else {
        const found = `at the gateway ${state}, captures ${captures}, refunds ${refunds}`
        notes.breaks('G5', [{ row: idempotencyKey, found }])
      }
    }
  }
}

async function* pagesOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let page: T[] = []
  for await (const item of items) {
    page.push(item)
    if (page.length < size) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
