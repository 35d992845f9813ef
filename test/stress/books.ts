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

/** An order as it is stored, with what answers told of it. */
type StoredOrder = Readonly<{
  id: string
  row: Row
  lines: readonly Row[]
  history: readonly Row[]
}>

/** What answers tell of, as it is stored. */
export type Books = Readonly<{
  orders: ReadonlyMap<string, StoredOrder>
  payments: ReadonlyMap<string, Row>
  /** The movements of stock, by who brought them about. */
  movements: ReadonlyMap<string, readonly Row[]>
}>

/** Reads what the clients' journal is compared with, while no server runs. */
export const readBooks = async (databaseUrl: string): Promise<Books> => {
  const { rows, close } = await openReader(databaseUrl)
  const linesOf = by(await rows('select * from order_lines order by position'), 'order_id')
  const historyOf = by(await rows('select * from order_history order by seq'), 'order_id')
  const orders = (await rows('select * from orders')).map((row): [string, StoredOrder] => {
    const id = String(row['id'])
    return [id, { id, row, lines: linesOf.get(id) ?? [], history: historyOf.get(id) ?? [] }]
  })
  const payments = await rows('select * from payments')
  const movements = by(await rows('select * from stock_movements'), 'actor')
  await close()
  return {
    orders: new Map(orders),
    payments: new Map(payments.map((row) => [String(row['id']), row])),
    movements,
  }
}

const by = (rows: readonly Row[], column: string): ReadonlyMap<string, readonly Row[]> =>
  Map.groupBy(rows, (row) => String(row[column]))
