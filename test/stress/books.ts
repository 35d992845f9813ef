import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

/** A row, by column. */
export type Row = Readonly<Record<string, string | number | null>>

/** A database that is read without any code of the service. */
export type Reader = Readonly<{
  rows: (sql: string) => Promise<readonly Row[]>
  close: () => Promise<void>
}>

const INT8 = 20

/** Opens `sqlite:FILE` or `postgres://…` for reading. */
export const openReader = async (url: string): Promise<Reader> => {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true })
    return {
      rows: async (sql) => database.prepare(sql).all() as Row[],
      close: async () => database.close(),
    }
  }
  const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser
  const client = new pg.Client({ connectionString: url, types: { getTypeParser } })
  await client.connect()
  return {
    rows: async (sql) => (await client.query<Row>(sql)).rows,
    close: () => client.end(),
  }
}

/** An order as it is stored, with all that belongs to it; oldest first. */
export type StoredOrder = Readonly<{
  id: string
  row: Row
  lines: readonly Row[]
  history: readonly Row[]
  payments: readonly Row[]
  /** What the gateway has written down under its payments' ids. */
  charges: readonly Row[]
}>

/** All that the database and the gateway's ledger hold. */
export type Books = Readonly<{
  orders: ReadonlyMap<string, StoredOrder>
  payments: ReadonlyMap<string, Row>
  products: readonly Row[]
  movements: ReadonlyMap<string, readonly Row[]>
  keys: readonly Row[]
  ledger: readonly Row[]
  /** When it was read, in ms since 1970. */
  at: number
}>

const tables = {
  orders: 'select * from orders order by id',
  lines: 'select * from order_lines order by order_id, position',
  history: 'select * from order_history order by order_id, seq',
  payments: 'select * from payments order by order_id, attempt',
  products: 'select * from products order by id',
  movements: 'select * from stock_movements order by id',
  keys: 'select * from idempotency_keys',
} as const

/** Reads everything, while no server runs: the database, and the fake gateway's ledger in its own file. */
export const readBooks = async (databaseUrl: string, ledgerFile: string): Promise<Books> => {
  const database = await openReader(databaseUrl)
  const gateway = await openReader(`sqlite:${ledgerFile}`)
  const read = async (name: keyof typeof tables) => database.rows(tables[name])
  const ledger = await gateway.rows('select * from charges')
  const payments = await read('payments')
  const charges = new Map(ledger.map((entry) => [String(entry['idempotency_key']), entry]))
  const linesOf = by(await read('lines'), 'order_id')
  const historyOf = by(await read('history'), 'order_id')
  const paymentsOf = by(payments, 'order_id')
  const orders = (await read('orders')).map((row): [string, StoredOrder] => {
    const id = String(row['id'])
    const own = paymentsOf.get(id) ?? []
    const order = { id, row, lines: linesOf.get(id) ?? [], history: historyOf.get(id) ?? [] }
    const charged = own
      .map((payment) => charges.get(String(payment['id'])))
      .filter((entry) => entry !== undefined)
    return [id, { ...order, payments: own, charges: charged }]
  })
  const books = {
    orders: new Map(orders),
    payments: new Map(payments.map((row) => [String(row['id']), row])),
    products: await read('products'),
    movements: by(await read('movements'), 'product_id'),
    keys: await read('keys'),
    ledger,
    at: Date.now(),
  }
  await Promise.all([database.close(), gateway.close()])
  return books
}

const by = (rows: readonly Row[], column: string): ReadonlyMap<string, readonly Row[]> =>
  Map.groupBy(rows, (row) => String(row[column]))

/** The sum of a column. */
export const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0)

/** How many rows have this value. */
export const countOf = (rows: readonly Row[], column: string, value: string): number =>
  rows.filter((row) => row[column] === value).length
