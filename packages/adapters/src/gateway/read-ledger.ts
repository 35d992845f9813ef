import { existsSync } from 'node:fs'
import { foreignGateway } from '@holdfast/domain'
import type { GatewayConfiguration } from '../configuration.ts'
import { limitTo, realSleep } from './answer-within.ts'
import { type LedgerEntry, openFakeLedger } from './fake-ledger.ts'
import { GatewayUnavailable } from './gateway-unavailable.ts'
import { ledgerPage } from './gateway-wire.ts'
import { createSender } from './resend.ts'
import { WrongGateway } from './wrong-gateway.ts'

/** Where the ledger is: with the gateway of `gatewayUrl`, otherwise in the file of the fake in process. */
export type LedgerPlace = Pick<
  GatewayConfiguration,
  'gatewayUrl' | 'gatewaySecret' | 'gatewayTimeoutMs' | 'fakeLedgerFile'
>

/**
 * Everything that the gateway testifies, by key. Captures that are due by now have happened; those that are still to come
 * have their time. A ledger that was never made is empty. Throws `GatewayUnavailable` where it cannot be read, and
 * `WrongGateway` where it is not that of the gateway which is meant, if one is.
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
  if (!existsSync(file)) return // To look at a ledger must not make one.
  const ledger = openFakeLedger(file)
  try {
    refuseOther(meant, ledger.gatewayId)
    ledger.atomically(() => ledger.bookDue(now))
    for (let after = ''; ; ) {
      const entries = ledger.entries(after, PAGE)
      yield* entries
      const last = entries.at(-1)
      if (!last || entries.length < PAGE) return
      after = last.idempotencyKey
    }
  } finally {
    ledger.close()
  }
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
