import { StoreUnavailable } from '@holdfast/domain'
import type { PgConnection } from './postgres-connections.ts'
import { isNotSupported } from './postgres-errors.ts'
import type { Row, Statement } from './statement.ts'

/**
 * What everything that writes begins with, also a statement of its own: a role or a database may have other defaults, and
 * under a stricter isolation everybody but one who wants a product at the same time would be turned away.
 */
export const beginWriting: Statement = {
  sql: 'begin isolation level read committed read write',
  params: [],
}
export const commit: Statement = { sql: 'commit', params: [] }

/** Sends statements in one go and gives their rows. The first failure is the cause of those that follow it. */
export const fly = async (
  connection: PgConnection,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> => {
  const answers = await Promise.allSettled(
    statements.map(({ sql, params }) =>
      connection.query<Row>({ text: positioned(sql), name: nameOf(sql), values: [...params] }),
    ),
  )
  return answers.map((answer, index) => {
    if (answer.status === 'rejected') {
      throw statements[index] === beginWriting ? asReadOnly(answer.reason) : answer.reason
    }
    return answer.value.rows
  })
}

/** A standby does not support to write: a state of the server, which will not be a standby for ever, not a bug of ours. */
const asReadOnly = (error: unknown): unknown =>
  isNotSupported(error)
    ? new StoreUnavailable('PostgreSQL is a standby, which cannot write.', { cause: error })
    : error

/**
 * A write that fails if it hits nothing, and a read that fails if it finds something. COMMIT is on its way already when the
 * answer arrives, so the server itself has to notice: dividing by 0 rows raises 22012, and the COMMIT behind it rolls back.
 */
export const guarded = ({ sql, params, mustAffect, mustFindNothing }: Statement): Statement => {
  if (mustFindNothing) return { sql: `select 1 / (1 - count(*)) from (${sql}) as hit`, params }
  return mustAffect === undefined
    ? { sql, params }
    : { sql: `with hit as (${sql} returning 1) select ${mustAffect} / count(*) from hit`, params }
}

/** `$1`, `$2`, … in the place of each `?`. */
export const positioned = (sql: string): string => {
  const known = texts.get(sql)
  if (known) return known
  let position = 0
  const text = sql.replaceAll('?', () => {
    position += 1
    return `$${position}`
  })
  texts.set(sql, text)
  return text
}

/** A name of its own for each text, so that the server prepares it once a connection. */
const nameOf = (sql: string): string => {
  const known = names.get(sql) ?? `holdfast_${names.size + 1}`
  names.set(sql, known)
  return known
}

const texts = new Map<string, string>()
const names = new Map<string, string>()
