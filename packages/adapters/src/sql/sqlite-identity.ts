import { statSync } from 'node:fs'
import { openNamed, UnusableFile } from '../unusable-file.ts'
import { asUnavailable } from './sqlite-connections.ts'
import { openReader, type Reader } from './sqlite-reader.ts'

/**
 * What our files carry as `PRAGMA application_id`, so that none is taken for another: the database of the orders, and the
 * fake gateway's ledger. Four letters each, `Hfor` and `Hfle`, that a look at the file's first hundred bytes shows; SQLite's
 * list of known numbers has neither. A file from before there were marks has 0 and is known by its tables.
 */
export const APPLICATION_IDS = { orders: 0x48_66_6f_72, ledger: 0x48_66_6c_65 } as const

/** What is at a path: nothing, a database without tables, one of our two kinds, or somebody else's. */
export type FileKind = 'missing' | 'empty' | 'orders' | 'ledger' | 'foreign'

/** Looks at the file that a variable names, and changes nothing. Throws `UnusableFile` where it is no database at all. */
const kindOfFile = (variable: string, file: string): FileKind => {
  try {
    return openNamed(variable, file, () => {
      const size = sizeOf(variable, file)
      if (size === undefined) return 'missing'
      if (size === 0) return 'empty'
      const reader = openReader(file)
      try {
        return kindOf(reader)
      } finally {
        reader.close()
      }
    })
  } catch (error) {
    throw asUnavailable(error) // Another process has it to itself, or the disk fails: that may pass.
  }
}

/** Throws `UnusableFile` unless the file is of this kind, or may become so; says which it is. */
export const refuseOtherKind = (
  variable: string,
  file: string,
  wanted: keyof typeof APPLICATION_IDS,
): FileKind => {
  const kind = kindOfFile(variable, file)
  if (kind === 'missing' || kind === 'empty' || kind === wanted) return kind
  throw new UnusableFile(`${variable} names ${file}, which is ${inWords[kind]}: name another file.`)
}

const inWords = {
  orders: 'the database of the orders',
  ledger: "the fake gateway's ledger",
  foreign: "another application's database",
}

const sizeOf = (variable: string, file: string): number | undefined => {
  try {
    const found = statSync(file)
    if (found.isFile()) return found.size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  throw new UnusableFile(`${variable} names ${file}, which cannot be used: it is not a file.`)
}

const kindOf = (reader: Reader): FileKind => {
  const [{ id } = {}] = reader.all('select application_id as id from pragma_application_id')
  if (id === APPLICATION_IDS.orders) return 'orders'
  if (id === APPLICATION_IDS.ledger) return 'ledger'
  if (id !== 0) return 'foreign'
  const columns = (table: string): string =>
    reader
      .all('select name from pragma_table_info(?)', [table])
      .map(({ name }) => name)
      .join()
  if (columns('schema_migrations') === 'name,applied_at') return 'orders'
  if (columns('charges').startsWith('idempotency_key,state,')) return 'ledger'
  return reader.all('select 1 from sqlite_master limit 1').length === 0 ? 'empty' : 'foreign'
}
