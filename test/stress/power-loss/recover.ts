import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { auditBooks } from '../../../packages/adapters/src/audit/audit.ts'
import type { Finding } from '../../../packages/adapters/src/audit/findings.ts'
import {
  type Configuration,
  readConfiguration,
} from '../../../packages/adapters/src/configuration.ts'
import { readLedger } from '../../../packages/adapters/src/gateway/read-ledger.ts'
import { openAdapters } from '../../../packages/adapters/src/open-adapters.ts'
import { openDatabase } from '../../../packages/adapters/src/open-database.ts'
import { createUseCases } from '../../../packages/domain/src/use-cases/index.ts'
import { auditJournal, isFinal } from '../audit-journal.ts'
import { openReader, readBooks } from '../books.ts'
import type { Journal } from '../journal.ts'
import { places } from './record.ts'

/** Long after every deadline, so that each payment can come to its end. */
const later = { now: () => Date.now() + 3_600_000 }

/** So many rounds bring everything to rest. */
const ROUNDS = 10

/**
 * Writes rebuilt files down, starts the service on them, and says what is broken: pages, invariants once every payment has
 * ended, and whatever a client was told by then and is not there.
 */
export const recover = async (
  files: ReadonlyMap<string, Buffer>,
  from: string,
  folder: string,
  told: Journal,
): Promise<readonly string[]> => {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, contents] of files) {
    const file = join(folder, relative(from, path))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, contents)
  }
  const { database, ledger } = places(folder)
  const url = `sqlite:${database}`
  const configuration = readConfiguration({
    DATABASE_URL: url,
    FAKE_LEDGER: ledger,
  })._unsafeUnwrap()
  const adapters = await openAdapters(configuration, 'serve', { clock: later })
  const pages = await checkPages(url)
  const asFound = await readBooks(url)
  const useCases = createUseCases(adapters)
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { concluded, owed } = await useCases.reconcilePayments({ all: true })
    if (concluded.length + owed.length === 0) break
  }
  await useCases.settleRefunds()
  await adapters.close()
  const findings = [
    ...auditJournal(asFound, told).filter(({ id }) => id === 'C1'),
    ...(await auditLater(configuration)),
  ]
  const broken = findings.flatMap(({ id, rows }) =>
    rows.map((each) => `${id} ${JSON.stringify(each)}`),
  )
  return [...pages, ...broken, ...(await forgottenKeys(url, told))]
}

const auditLater = async (configuration: Configuration): Promise<readonly Finding[]> => {
  const { driver, dialect } = openDatabase(configuration, 'read')
  try {
    const ledger = (now: number) => readLedger(configuration, now)
    const { gatewayTimeoutMs } = configuration
    const books = { driver, dialect, ledger, gatewayTimeoutMs, quiet: true, now: later.now }
    return (await auditBooks(books)).findings
  } finally {
    await driver.close()
  }
}

const checkPages = async (url: string): Promise<readonly string[]> => {
  const reader = await openReader(url)
  const rows = [
    ...(await reader.rows('pragma integrity_check')),
    ...(await reader.rows('pragma foreign_key_check')),
  ]
  await reader.close()
  return rows.map((row) => `pages ${JSON.stringify(row)}`).filter((row) => !row.includes('"ok"'))
}

/** Keys whose answer a client has had and the service has forgotten. */
const forgottenKeys = async (url: string, { intents }: Journal): Promise<readonly string[]> => {
  const reader = await openReader(url)
  const rows = await reader.rows(
    'select user_id, key from idempotency_keys where outcome is not null',
  )
  await reader.close()
  const kept = new Set(rows.map(({ user_id, key }) => `${user_id} ${key}`))
  return intents
    .filter(({ sent, heard }) => sent.key !== undefined && heard.some(isFinal))
    .filter(({ sent }) => !kept.has(`${sent.userId} ${sent.key}`))
    .map((intent) => `forgotten key ${JSON.stringify(intent)}`)
}
