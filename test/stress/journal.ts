import { createHash } from 'node:crypto'
import type { Answer, NoAnswer, Sent } from './client.ts'

/** What clients do, by name. The first seven write. */
export type Kind =
  | 'create'
  | 'pay'
  | 'retryPayment'
  | 'modify'
  | 'cancel'
  | 'retryOrder'
  | 'restock'
  | 'read'

/** What an answer said of an order. `last` is the row of history that its version is the number of. */
export type OrderFact = Readonly<{
  id: string
  userId: string
  state: string
  version: number
  total: number
  last: string
  lines: string
}>

/** What an answer said of a payment. */
export type PaymentFact = Readonly<{
  id: string
  orderId: string
  attempt: number
  state: string
  amountMinor: number
  failure: string | null
}>

/** An answer, cut down to what is needed later. `digest` stands for its status and every byte of its body. */
export type Heard = Readonly<{
  status: number
  code: string | undefined
  digest: string
  /** The id of what the answer is about. */
  subject: string | undefined
}>

/** Something that a client wanted done once, however often it had to ask. */
export type Intent = {
  kind: Kind
  sent: Sent
  orderId?: string | undefined
  heard: Heard[]
  /** Requests that may have been carried out although no answer came. */
  lost: number
}

/** The clients' own book of what they were told. */
export type Journal = Readonly<{
  intents: Intent[]
  orders: Map<string, OrderFact>
  payments: Map<string, PaymentFact>
  /** What is wrong in itself: a 500, a silence, answers that contradict each other. */
  faults: string[]
  counts: Map<string, number>
  times: number[]
  write: (intent: Intent, answer: Answer | NoAnswer, mayBeDown: boolean) => void
}>

/** An empty book. */
export const openJournal = (): Journal => {
  const orders = new Map<string, OrderFact>()
  const payments = new Map<string, PaymentFact>()
  const counts = new Map<string, number>()
  const faults: string[] = []
  const times: number[] = []
  const note = (kind: Kind, what: string) =>
    counts.set(`${kind} ${what}`, (counts.get(`${kind} ${what}`) ?? 0) + 1)
  const noteFacts = (body: unknown) => {
    const { ordersTold, paymentsTold } = factsOf(body)
    for (const fact of ordersTold) {
      const name = `${fact.id} ${fact.version}`
      const before = orders.get(name)
      if (before && JSON.stringify(before) !== JSON.stringify(fact)) {
        faults.push(`C1 ${name} was told as ${JSON.stringify([before, fact])}`)
      }
      orders.set(name, fact)
    }
    for (const fact of paymentsTold) payments.set(`${fact.id} ${fact.state}`, fact)
  }
  const write: Journal['write'] = (intent, answer, mayBeDown) => {
    const { kind } = intent
    if ('none' in answer) {
      note(kind, answer.none)
      if (answer.none !== 'refused') intent.lost += 1
      if (answer.none === 'silence' || (answer.none === 'cut' && !mayBeDown)) {
        faults.push(`${kind} got no answer (${answer.none}): ${JSON.stringify(intent.sent)}`)
      }
      return
    }
    const { status, text } = answer
    const body = parse(text)
    const code = status >= 400 ? String(body['code']) : undefined
    note(kind, code ? `${status} ${code}` : String(status))
    times.push(answer.tookMs)
    const excused = status === 503 && (mayBeDown || code === 'payment_outcome_unknown')
    if (status >= 500 && !excused) faults.push(`${kind} got ${status}: ${text.slice(0, 500)}`)
    noteFacts(body)
    const id = body['id']
    const subject = typeof id === 'string' ? id : firstId(body)
    const digest = createHash('sha1').update(`${status} ${text}`).digest('hex')
    if (kind !== 'read') intent.heard.push({ status, code, digest, subject })
  }
  return { intents: [], orders, payments, faults, counts, times, write }
}

type Body = Readonly<Record<string, unknown>>

const parse = (text: string): Body => {
  try {
    return JSON.parse(text) as Body
  } catch {
    return {}
  }
}

const firstId = (body: Body): string | undefined => {
  const about = (body['payment'] ?? body['order']) as { id?: string } | undefined
  return about?.id
}

type OrderTold = Omit<OrderFact, 'total' | 'last' | 'lines'> & {
  total: { amountMinor: number }
  history: readonly unknown[]
  lines: readonly { productId: string; quantity: number }[]
  payments: readonly PaymentTold[]
}
type PaymentTold = Omit<PaymentFact, 'amountMinor' | 'failure'> & {
  amount: { amountMinor: number }
  failure: { code: string } | null
}

const factsOf = (body: unknown): { ordersTold: OrderFact[]; paymentsTold: PaymentFact[] } => {
  const { items, order, payment, id } = (body ?? {}) as Record<string, unknown>
  const things = [...(Array.isArray(items) ? items : []), order, payment, id ? body : undefined]
  const named = things.filter((thing) => thing !== undefined) as { id?: string }[]
  const orders = named.filter((thing) => thing.id?.startsWith('ord_')) as OrderTold[]
  const payments = named.filter((thing) => thing.id?.startsWith('pay_')) as PaymentTold[]
  return {
    ordersTold: orders.map(orderFact),
    paymentsTold: [...payments, ...orders.flatMap((each) => each.payments)].map(paymentFact),
  }
}

const orderFact = ({ id, userId, state, version, total, history, lines }: OrderTold): OrderFact => {
  const { from, to, action, at, paymentId } = (history.at(-1) ?? {}) as Record<string, string>
  return {
    ...{ id, userId, state, version, total: total.amountMinor },
    last: `${from} ${action} ${to} ${paymentId} ${Date.parse(at ?? '')}`,
    lines: lines.map(({ productId, quantity }) => `${productId}=${quantity}`).join(' '),
  }
}

const paymentFact = (told: PaymentTold): PaymentFact => ({
  ...{ id: told.id, orderId: told.orderId, attempt: told.attempt, state: told.state },
  amountMinor: told.amount.amountMinor,
  failure: told.failure?.code ?? null,
})
