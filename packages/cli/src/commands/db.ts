import {
  type Configuration,
  migrate as migrateSchema,
  openDatabase,
  schemaStatus,
} from '@holdfast/adapters'
import { Command } from 'commander'
import { Refusal } from '../exit.ts'
import { fields, type OutputOptions, printOne } from '../output.ts'
import { configuration, tellOfNewDatabase } from '../session.ts'
import { bindGatewayCommand } from './bind-gateway.ts'

/** `holdfast db`: the database that DATABASE_URL names. */
export const dbCommand = (): Command =>
  new Command('db')
    .description('the database that DATABASE_URL names')
    .addCommand(migrate())
    .addCommand(status())
    .addCommand(bindGatewayCommand())

const withDatabase = async <T>(
  access: 'make' | 'read',
  settings: Configuration,
  work: (database: ReturnType<typeof openDatabase>) => Promise<T>,
): Promise<T> => {
  const database = openDatabase(settings, access)
  try {
    return await database.atStart(() => work(database))
  } finally {
    await database.driver.close()
  }
}

const migrate = (): Command =>
  new Command('migrate')
    .description('bring the schema up to date, in one transaction')
    .option('--json', 'JSON instead of text')
    .action(async (options: OutputOptions) => {
      const settings = configuration()
      tellOfNewDatabase(settings)
      const applied = await withDatabase('make', settings, ({ driver, dialect }) =>
        migrateSchema(driver, dialect),
      )
      printOne({ applied }, options, () =>
        applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'up to date',
      )
    })

const status = (): Command =>
  new Command('status')
    .description('compare the schema with the one that this version needs')
    .option('--json', 'JSON instead of text')
    .action(async (options: OutputOptions) => {
      const found = await withDatabase('read', configuration(), ({ driver, dialect }) =>
        schemaStatus(driver, dialect),
      )
      const list = (names: readonly string[]) => names.join(', ') || 'none'
      printOne(found, options, ({ applied, missing, unknown }) =>
        fields({ applied: list(applied), missing: list(missing), unknown: list(unknown) }),
      )
      if (found.unknown.length > 0) {
        throw new Refusal('The database is ahead of this version: run a newer one.')
      }
      if (found.missing.length > 0) {
        throw new Refusal('The database is behind this version: run holdfast db migrate.')
      }
    })
