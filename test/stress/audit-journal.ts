import type { Finding } from '../../packages/adapters/src/index.ts'
import type { Books, Row } from './books.ts'
import type { Heard, Intent, Journal, OrderFact, PaymentFact } from './journal.ts'

/** Compares what the clients were told with what is stored. */
export const auditJournal = (books: Books, journal: Journal): readonly Finding[] => [
  finding('C1', 'everything that an answer told is there, in its state or a later one', [
    ...[...journal.orders.values()].flatMap((fact) => lostOrder(books, fact)),
    ...[...journal.payments.values()].flatMap((fact) => lostPayment(books, fact)),
    ...lostRestocks(books, journal),
  ]),
  finding('C2', 'a refusal changed nothing, and nothing was done that nobody asked for', [
    ...surplusSteps(books, journal),
    ...surplusOrders(books, journal),
  ]),
  finding(
    'C3',
    'a key gave one effect and one answer, byte for byte',
    journal.intents.flatMap(contradictions),
  ),
]

/** A row that breaks a promise, by what it is about, and what is wrong with it. */
type Broken = Finding['rows'][number]

const finding = (id: string, says: string, rows: readonly Broken[]): Finding => ({
  ...{ id, says, broken: rows.length, rows },
})

const lostOrder = ({ orders }: Books, fact: OrderFact): readonly Broken[] => {
  const order = orders.get(fact.id)
  if (!order) return [{ row: fact.id, found: `gone: ${JSON.stringify(fact)}` }]
  const row = order.history[fact.version - 1]
  const { from_state, action, to_state, payment_id, at } = row ?? {}
  const isThere = `${from_state} ${action} ${to_state} ${payment_id} ${at}` === fact.last
  const isLatest = order.row['version'] === fact.version
  const lines = order.lines.map((line) => `${line['product_id']}=${line['quantity']}`).join(' ')
  const isSame = lines === fact.lines && order.row['total_minor'] === fact.total
  const isAsTold = order.row['user_id'] === fact.userId && to_state === fact.state
  return isThere && isAsTold && (!isLatest || isSame)
    ? []
    : [{ row: fact.id, found: `not as told: ${JSON.stringify({ fact, order })}` }]
}

const lostPayment = ({ payments }: Books, fact: PaymentFact): readonly Broken[] => {
  const row = payments.get(fact.id)
  const isSame =
    row?.['order_id'] === fact.orderId &&
    row['attempt'] === fact.attempt &&
    row['amount_minor'] === fact.amountMinor
  const isAsTold =
    fact.state === 'PENDING' ||
    (row?.['state'] === fact.state && row['failure_code'] === fact.failure)
  return isSame && isAsTold
    ? []
    : [{ row: fact.id, found: `not as told: ${JSON.stringify({ fact, row })}` }]
}

const isOk = ({ status }: Heard): boolean => status >= 200 && status < 300

/** Whether a request may have changed something: it was done, or nobody knows. */
const mayHaveEffect = ({ heard, lost }: Intent): boolean =>
  lost > 0 ||
  heard.some((each) => isOk(each) || each.status === 402 || each.status >= 500) ||
  heard.some(({ code }) => code === 'insufficient_stock')

/** Each restock has an admin of its own, by whom its movement is found. */
const lostRestocks = ({ movements }: Books, { intents }: Journal): readonly Broken[] => {
  return intents
    .filter(({ kind }) => kind === 'restock')
    .flatMap((intent) => {
      const times = movements.get(intent.sent.userId)?.length ?? 0
      const least = intent.heard.some(isOk) ? 1 : 0
      const most = mayHaveEffect(intent) ? 1 : 0
      return times < least || times > most
        ? [{ row: intent.sent.path, found: `restocked ${times} times: ${JSON.stringify(intent)}` }]
        : []
    })
}

const STEPS: Readonly<Record<string, readonly string[]>> = {
  modify: ['modify'],
  cancel: ['cancel'],
  retryOrder: ['retryOrder'],
  pay: ['startPayment'],
  retryPayment: ['retryPayment', 'modify'], // With lines of its own it is an edit as well.
}

/** Steps of an order that are more than the requests which may have made them. */
const surplusSteps = ({ orders }: Books, { intents }: Journal): readonly Broken[] => {
  const effective = intents.filter(({ kind }) => kind in STEPS).filter(mayHaveEffect)
  const steps = effective.flatMap(({ kind, orderId }) =>
    (STEPS[kind] ?? []).map((step) => `${orderId} ${step}`),
  )
  const asked = Map.groupBy(steps, (step) => step)
  return [...orders.values()].flatMap(({ id, history }) => {
    // The system cancels what has expired, without being asked.
    const byUsers = history.filter(({ actor }) => actor !== 'system')
    const made = Map.groupBy(byUsers, ({ action }) => String(action))
    return [...made].flatMap(([action, rows]) => {
      if (!Object.values(STEPS).flat().includes(action)) return []
      const most = asked.get(`${id} ${action}`)?.length ?? 0
      return rows.length > most
        ? [{ row: id, found: `${rows.length} × ${action}, asked for ${most} times` }]
        : []
    })
  })
}

/** Orders that are more than the requests which may have made them, user by user. */
const surplusOrders = ({ orders }: Books, { intents }: Journal): readonly Broken[] => {
  const creates = intents.filter(({ kind }) => kind === 'create')
  const asked = Map.groupBy(creates.filter(mayHaveEffect), ({ sent }) => sent.userId)
  const rows: readonly Row[] = [...orders.values()].map(({ row }) => row)
  const made = Map.groupBy(rows, (row) => String(row['user_id']))
  return [...made].flatMap(([user, some]) => {
    const most = asked.get(user)?.length ?? 0
    return some.length > most
      ? [{ row: user, found: `${some.length} orders, asked for ${most}` }]
      : []
  })
}

/** Refusals that a key does not keep, besides 5xx: the request is then judged anew. */
const NOT_KEPT = [400, 401, 403, 404, 429]

/** Answers that end a key's story; a 202 is an answer for the time being. */
export const isFinal = ({ status }: Heard): boolean =>
  status !== 202 && status < 500 && !NOT_KEPT.includes(status)

const contradictions = (intent: Intent): readonly Broken[] => {
  if (intent.sent.key === undefined) return []
  const finals = new Set(intent.heard.filter(isFinal).map(({ digest }) => digest))
  const subjects = new Set(
    intent.heard
      .filter(({ status }) => isOk({ status } as Heard) || status === 402)
      .map(({ subject }) => subject),
  )
  return finals.size > 1 || subjects.size > 1
    ? [{ row: intent.sent.key, found: JSON.stringify(intent) }]
    : []
}
