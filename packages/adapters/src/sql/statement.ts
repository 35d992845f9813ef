/** What the databases take and give: text, whole numbers and null. */
type SqlValue = string | number | null

/** A row, by column. */
export type Row = Readonly<Record<string, SqlValue>>

/**
 * SQL with `?` for each parameter. The text is one of a fixed set, so that every database prepares it once.
 * `mustAffect` says how many rows a write has to hit: any other number means that what it rests on has changed, as does any
 * row that a read finds which `mustFindNothing`; such a read finds one row at the most.
 */
export type Statement = Readonly<{
  sql: string
  params: readonly SqlValue[]
  mustAffect?: number
  mustFindNothing?: true
}>

/** A `where` of the conditions that have a value, each with a `?` for it; nothing where none has. */
export const whereAll = (conditions: Readonly<Record<string, SqlValue | undefined>>): Statement => {
  const given = Object.entries(conditions).flatMap(([sql, param]) =>
    param === undefined ? [] : [{ sql, param }],
  )
  const sql = given.map((condition) => condition.sql).join(' and ')
  return { sql: sql && `where ${sql}`, params: given.map(({ param }) => param) }
}

/** Somebody else changed what a transaction rests on: a write hit nothing, or reads do not fit together. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

/** Text out of a row; throws where the column holds something else, which would be a bug. */
export const text = (row: Row, column: string): string => {
  const value = row[column]
  if (typeof value !== 'string') throw new Error(`${column} is not text but ${value}`)
  return value
}

/** Text or null out of a row. */
export const textOrNull = (row: Row, column: string): string | null =>
  row[column] === null ? null : text(row, column)

/** A whole number out of a row. */
export const integer = (row: Row, column: string): number => {
  const value = row[column]
  if (typeof value !== 'number') throw new Error(`${column} is not a number but ${value}`)
  return value
}

/** A whole number or null out of a row. */
export const integerOrNull = (row: Row, column: string): number | null =>
  row[column] === null ? null : integer(row, column)
