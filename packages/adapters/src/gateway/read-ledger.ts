import { foreignGateway } from '@holdfast/domain'
import type { GatewayConfiguration } from '../configuration.ts'
import { openReader } from '../sql/sqlite-reader.ts'
import { openNamed } from '../unusable-file.ts'
import { limitTo, realSleep } from './answer-within.ts'
import { GatewayUnavailable } from './gateway-unavailable.ts'
import { ledgerPage } from './gateway-wire.ts'
import { ledgerVersion, onLedgerFile, requireLedger, SELECT_IDENTITY } from './ledger-file.ts'
import {
  type EntryRow,
  type LedgerEntry,
  selectLedgerEntries,
  selectOldLedgerEntries,
  toEntry,
} from './ledger-rows.ts'
import { createSender } from './resend.ts'
import { WrongGateway } from './wrong-gateway.ts'

/** Where the ledger is: with the gateway of `gatewayUrl`, otherwise in the file of the fake in process. */
export type LedgerPlace = Pick<
  GatewayConfiguration,
  'gatewayUrl' | 'gatewaySecret' | 'gatewayTimeoutMs' | 'fakeLedgerFile'
>

/**
 * Everything that the gateway testifies, by key. Captures that are due by now have happened; those that are still to come
 * have their time. A file is read as it is, without changing a byte. Throws `UnusableFile` where there is no ledger,
 * `GatewayUnavailable` where it cannot be read, and `WrongGateway` where it is not that of the gateway which is meant, if one
 * is.
 */
export const readLedger = (
  place: LedgerPlace,
  now: number = Date.now(),
  meant?: string,
): AsyncGenerator<LedgerEntry> =>
  place.gatewayUrl === undefined
    ? ledgerOfFile(place.fakeLedgerFile, now, meant)
    : ledgerOverHttp(place.gatewayUrl, place, meant)

const refuseOther = (meant: string | undefined, gatewayId: string | undefined): void => {
  if (meant === undefined || gatewayId === undefined || gatewayId === meant) return
  throw new WrongGateway(foreignGateway(meant, gatewayId).detail)
}

/** Rows that are read at a time. */
const PAGE = 500

async function* ledgerOfFile(
  file: string,
  now: number,
  meant: string | undefined,
): AsyncGenerator<LedgerEntry> {
  requireLedger(file)
  const reader = onLedgerFile(file, () => openNamed('FAKE_LEDGER', file, () => openReader(file)))
  try {
    const read = (sql: string, params: readonly (string | number)[] = []) =>
      onLedgerFile(file, () => reader.all(sql, params))
    const [found] = read('select user_version as version from pragma_user_version')
    const version = ledgerVersion(found?.['version'])
    // One from before ledgers said whose they are can be nobody's to whom a database was ever bound.
    const gatewayId =
      version < 2 ? 'a ledger without an id' : String(read(SELECT_IDENTITY)[0]?.['id'])
    refuseOther(meant, gatewayId)
    const select = version > 0 ? selectLedgerEntries : selectOldLedgerEntries
    for (let after = ''; ; ) {
      const entries = (read(select, [after, PAGE]) as readonly EntryRow[]).map(toEntry)
      for (const entry of entries) yield asOf(entry, now)
      const last = entries.at(-1)
      if (!last || entries.length < PAGE) return
      after = last.idempotencyKey
    }
  } finally {
    reader.close()
  }
}

/** A capture that is due has happened, whether the gateway was there to write it down or not. */
const asOf = (entry: LedgerEntry, now: number): LedgerEntry =>
  entry.capturesAt === null || entry.capturesAt > now
    ? entry
    : {
        ...entry,
        state: 'captured',
        captures: entry.captures + 1,
        capturesAt: null,
        at: entry.capturesAt,
      }

/** A page of the longest keys there can be stays below this. */
const MAX_PAGE_BYTES = 1_048_576

async function* ledgerOverHttp(
  url: string,
  { gatewaySecret, gatewayTimeoutMs }: LedgerPlace,
  meant: string | undefined,
): AsyncGenerator<LedgerEntry> {
  const parts = { url, secret: gatewaySecret, maxBytes: MAX_PAGE_BYTES }
  const send = createSender({ ...parts, pause: realSleep, random: Math.random })
  const limit = limitTo(gatewayTimeoutMs)
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `ledger?cursor=${encodeURIComponent(cursor)}`
    const reply = await limit((signal) => send({ method: 'GET', path, meant }, signal))
    refuseOther(meant, reply.isOk() ? reply.value.gatewayId : reply.error.gatewayId)
    const page = ledgerPage.safeParse(reply.isOk() ? reply.value.body : undefined)
    if (!page.success) {
      const why = reply.isErr() ? reply.error.detail : 'It answered with something else.'
      throw new GatewayUnavailable(`The gateway did not show its ledger. ${why}`)
    }
    yield* page.data.entries
    cursor = page.data.nextCursor
  }
}
