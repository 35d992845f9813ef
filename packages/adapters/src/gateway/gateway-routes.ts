import type { Clock } from '@holdfast/domain'
import type { z } from 'zod'
import { type FakeCore, outcomeOf } from './fake-core.ts'
import type { Charge, FakeLedger } from './fake-ledger.ts'
import type { FaultRates } from './fault-rates.ts'
import { chargeRequest, refundRequest } from './gateway-wire.ts'
import type { LedgerEntry } from './ledger-rows.ts'

/** What the gateway is asked, once its caller is known and its body is read; `meant` is the gateway that it is meant for. */
export type Asked = Readonly<{ method: string; url: URL; meant: string | undefined; body: unknown }>

/** What goes back over the wire: an answer, perhaps late, or what a broken gateway does instead. */
export type Reply =
  | Readonly<{ kind: 'answer'; status: number; body: unknown; afterMs: number }>
  | Readonly<{ kind: 'silence' }>
  | Readonly<{ kind: 'nonsense' }>

/** What the routes work on. `random` gives numbers from 0 to below 1. */
export type RouteParts = Readonly<{
  core: FakeCore
  ledger: FakeLedger
  clock: Clock
  faults: FaultRates
  random: () => number
}>

type Route = Readonly<{
  method: 'GET' | 'POST'
  path: RegExp
  run: (parts: RouteParts, asked: Asked, key: string) => Reply
  /** Never goes wrong by chance: not a question about a charge. */
  steady?: true
}>

const answer = (status: number, body: unknown, afterMs = 0): Reply => ({
  kind: 'answer',
  ...{ status, body, afterMs },
})

/** An answer that says why nothing was done. */
export const refuse = (status: number, code: string, detail: string, more: object = {}): Reply =>
  answer(status, { code, detail, ...more })

const unavailable = refuse(503, 'unavailable', 'The gateway is out of order for a moment.')

const charge: Route['run'] = ({ core }, { body }) => {
  const request = chargeRequest.safeParse(body)
  if (!request.success) return malformed(request.error)
  const taken = core.charge(request.data)
  if (taken.answer === 'never') return { kind: 'silence' }
  if (taken.answer === 'garbage') return { kind: 'nonsense' }
  return taken.answer === 'unavailable' || !taken.charge ? unavailable : answerWith(taken.charge)
}

const lookup: Route['run'] = ({ core, faults, random }, _asked, key) => {
  const known = core.lookup(key)
  if (known && random() >= faults.forgottenKeys) return answerWith(known)
  return refuse(404, 'charge_not_found', 'The key was never seen.', { idempotencyKey: key })
}

const burn: Route['run'] = ({ core }, _asked, key) => answerWith(core.void(key))

const refund: Route['run'] = ({ core }, { body }, idempotencyKey) => {
  const request = refundRequest.safeParse(body)
  if (!request.success) return malformed(request.error)
  return core.refund({ idempotencyKey }).match(
    ({ amount }) => answer(200, { idempotencyKey, amount, state: 'refunded' }),
    ({ code, detail }) => refuse(409, code, detail, { idempotencyKey }),
  )
}

/** Few enough that a page stays small, many enough that an audit of a million charges takes seconds. */
const LEDGER_PAGE = 500

const ledgerPage: Route['run'] = ({ ledger, clock }, { url }) => {
  const cursor = url.searchParams.get('cursor') ?? ''
  const entries = ledger.atomically(() => {
    ledger.bookDue(clock.now())
    return ledger.entries(cursor, LEDGER_PAGE)
  })
  const last = entries.length === LEDGER_PAGE ? entries.at(-1) : undefined
  return answer(200, { entries: entries.map(entryBody), nextCursor: last?.idempotencyKey ?? null })
}

const identify: Route['run'] = ({ ledger: { gatewayId } }) => answer(200, { gatewayId })

const routes: readonly Route[] = [
  { method: 'POST', path: /^\/charge$/, run: charge },
  { method: 'GET', path: /^\/charge\/([^/]+)$/, run: lookup },
  { method: 'POST', path: /^\/charge\/([^/]+)\/void$/, run: burn },
  { method: 'POST', path: /^\/charge\/([^/]+)\/refund$/, run: refund },
  { method: 'GET', path: /^\/ledger$/, run: ledgerPage, steady: true },
  { method: 'GET', path: /^\/identity$/, run: identify, steady: true },
  { method: 'GET', path: /^\/healthz$/, run: () => answer(200, { status: 'ok' }), steady: true },
]

/** Answers one request of the protocol in docs/gateway.md, or goes wrong as scripted, or by chance. */
export const route = (parts: RouteParts, asked: Asked): Reply => {
  const { gatewayId } = parts.ledger
  if (asked.meant !== undefined && asked.meant !== gatewayId) {
    return refuse(
      421,
      'misdirected',
      `This is the gateway ${gatewayId}, and another one was meant.`,
    )
  }
  const onPath = routes.filter(({ path }) => path.test(asked.url.pathname))
  const found = onPath.find(({ method }) => method === asked.method)
  if (!found) {
    return onPath.length > 0
      ? refuse(405, 'method_not_allowed', `${asked.method} is not what this path takes.`)
      : refuse(404, 'not_found', 'There is nothing here.')
  }
  const key = decoded(found.path.exec(asked.url.pathname)?.[1] ?? '')
  if (key === undefined) return refuse(400, 'malformed_request', 'The key is not encoded.')
  return found.steady
    ? found.run(parts, asked, key)
    : withChance(parts, () => found.run(parts, asked, key))
}

const withChance = ({ faults, random }: RouteParts, run: () => Reply): Reply => {
  if (random() < faults.errors) return unavailable
  const reply = run()
  if (random() < faults.lostAnswers) return { kind: 'silence' }
  if (random() < faults.nonsense) return { kind: 'nonsense' }
  const isSlow = reply.kind === 'answer' && random() < faults.slowAnswers
  return isSlow ? { ...reply, afterMs: faults.slowAnswerMs } : reply
}

const answerWith = (charge: Charge): Reply =>
  answer(200, {
    idempotencyKey: charge.idempotencyKey,
    amount: charge.amount,
    ...outcomeOf(charge),
  })

const malformed = ({ issues }: z.ZodError): Reply =>
  refuse(400, 'malformed_request', `${issues[0]?.path.join('.')}: ${issues[0]?.message}`)

const entryBody = ({ at, capturesAt, ...entry }: LedgerEntry) => ({
  ...entry,
  capturesAt: capturesAt === null ? null : new Date(capturesAt).toISOString(),
  at: new Date(at).toISOString(),
})

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
