import type { Finding } from './audit.ts'
import type { Books, Row } from './books.ts'
import type { Heard, Intent, Journal, OrderFact, PaymentFact } from './journal.ts'

/** Compares what the clients were told with what is stored. */
export const auditJournal = (books: Books, journal: Journal): readonly Finding[] => [
  {
    id: 'C1',
    says: 'everything that an answer told is there, in its state or a later one',
    broken: [
      ...[...journal.orders.values()].flatMap((fact) => lostOrder(books, fact)),
      ...[...journal.payments.values()].flatMap((fact) => lostPayment(books, fact)),
      ...lostRestocks(books, journal),
    ],
  },
  {
    id: 'C2',
    says: 'a refusal changed nothing, and nothing was done that nobody asked for',
    broken: [...surplusSteps(books, journal), ...surplusOrders(books, journal)],
  },
  {
    id: 'C3',
    says: 'a key gave one effect and one answer, byte for byte',
    broken: journal.intents.flatMap(contradictions),
  },
]

const lostOrder = ({ orders }: Books, fact: OrderFact): readonly string[] => {
  const order = orders.get(fact.id)
  if (!order) return [`${fact.id} is gone: ${JSON.stringify(fact)}`]
  const row = order.history[fact.version - 1]
  const { from_state, action, to_state, payment_id, at } = row ?? {}
  const isThere = `${from_state} ${action} ${to_state} ${payment_id} ${at}` === fact.last
  const isLatest = order.row['version'] === fact.version
  const lines = order.lines.map((line) => `${line['product_id']}=${line['quantity']}`).join(' ')
  const isSame = lines === fact.lines && order.row['total_minor'] === fact.total
  const isAsTold = order.row['user_id'] === fact.userId && to_state === fact.state
  return isThere && isAsTold && (!isLatest || isSame)
    ? []
    : [`${fact.id} is not as told: ${JSON.stringify({ fact, order })}`]
}

const lostPayment = ({ payments }: Books, fact: PaymentFact): readonly string[] => {
  const row = payments.get(fact.id)
  const isSame =
    row?.['order_id'] === fact.orderId &&
    row['attempt'] === fact.attempt &&
    row['amount_minor'] === fact.amountMinor
  const isAsTold =
    fact.state === 'PENDING' ||
    (row?.['state'] === fact.state && row['failure_code'] === fact.failure)
  return isSame && isAsTold ? [] : [`${fact.id} is not as told: ${JSON.stringify({ fact, row })}`]
}

const isOk = ({ status }: Heard): boolean => status >= 200 && status < 300

/** Whether a request may have changed something: it was done, or nobody knows. */
const mayHaveEffect = ({ heard, lost }: Intent): boolean =>
  lost > 0 ||
  heard.some((each) => isOk(each) || each.status === 402 || each.status >= 500) ||
  heard.some(({ code }) => code === 'insufficient_stock')

/** Each restock has an admin of its own, by whom its movement is found. */
const lostRestocks = ({ movements }: Books, { intents }: Journal): readonly string[] => {
  const made = Map.groupBy([...movements.values()].flat(), (row) => String(row['actor']))
  return intents
    .filter(({ kind }) => kind === 'restock')
    .flatMap((intent) => {
      const times = made.get(intent.sent.userId)?.length ?? 0
      const least = intent.heard.some(isOk) ? 1 : 0
      const most = mayHaveEffect(intent) ? 1 : 0
      return times < least || times > most
        ? [`A restock was done ${times} times: ${JSON.stringify(intent)}`]
        : []
    })
}

const STEPS: Readonly<Record<string, readonly string[]>> = {
  modify: ['modify'],
  cancel: ['cancel'],
  retryOrder: ['retryOrder'],
  pay: ['startPayment'],
  retryPayment: ['retryPayment'],
}

/** Steps of an order that are more than the requests which may have made them. */
const surplusSteps = ({ orders }: Books, { intents }: Journal): readonly string[] => {
  const effective = intents.filter(({ kind }) => kind in STEPS).filter(mayHaveEffect)
  const asked = Map.groupBy(effective, ({ kind, orderId }) => `${orderId} ${STEPS[kind]?.[0]}`)
  return [...orders.values()].flatMap(({ id, history }) => {
    const steps = Map.groupBy(history, ({ action }) => String(action))
    return [...steps].flatMap(([action, rows]) => {
      if (!Object.values(STEPS).flat().includes(action)) return []
      const most = asked.get(`${id} ${action}`)?.length ?? 0
      return rows.length > most
        ? [`${id} has ${rows.length} × ${action}, asked for ${most} times`]
        : []
    })
  })
}

/** Orders that are more than the requests which may have made them, user by user. */
const surplusOrders = ({ orders }: Books, { intents }: Journal): readonly string[] => {
  const creates = intents.filter(({ kind }) => kind === 'create')
  const asked = Map.groupBy(creates.filter(mayHaveEffect), ({ sent }) => sent.userId)
  const rows: readonly Row[] = [...orders.values()].map(({ row }) => row)
  const made = Map.groupBy(rows, (row) => String(row['user_id']))
  return [...made].flatMap(([user, some]) => {
    const most = asked.get(user)?.length ?? 0
    return some.length > most ? [`${user} has ${some.length} orders, asked for ${most}`] : []
  })
}

/** Refusals that a key does not keep, besides 5xx: the request is then judged anew. */
const NOT_KEPT = [400, 401, 403, 404, 429]

/** Answers that end a key's story; a 202 is an answer for the time being. */
export const isFinal = ({ status }: Heard): boolean =>
  status !== 202 && status < 500 && !NOT_KEPT.includes(status)

const contradictions = (intent: Intent): readonly string[] => {
  if (intent.sent.key === undefined) return []
  const finals = new Set(intent.heard.filter(isFinal).map(({ digest }) => digest))
  const subjects = new Set(
    intent.heard
      .filter(({ status }) => isOk({ status } as Heard) || status === 402)
      .map(({ subject }) => subject),
  )
  return finals.size > 1 || subjects.size > 1 ? [JSON.stringify(intent)] : []
}
