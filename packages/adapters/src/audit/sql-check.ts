import type { Run } from '../sql/driver.ts'
import type { Statement } from '../sql/statement.ts'
import { inWords, MOST_ROWS, type Notes } from './findings.ts'
import type { InvariantId } from './invariants.ts'

/** A select for the rows that break an invariant: their `id`, and whatever tells what is wrong with them. */
export type SqlCheck = Readonly<{ id: InvariantId }> & Pick<Statement, 'sql' | 'params'>

/** Notes what a check finds. The database counts, so that little is read even where everything is broken. */
export const runSqlCheck = async (run: Run, notes: Notes, check: SqlCheck): Promise<void> => {
  const sql = `select *, count(*) over () as of_all from (${check.sql}) as broken limit ${MOST_ROWS}`
  const found = await run(sql, check.params)
  const rows = found.map(({ id, of_all, ...rest }) => ({ row: String(id), found: inWords(rest) }))
  notes.breaks(check.id, rows, Number(found[0]?.['of_all'] ?? 0))
}
