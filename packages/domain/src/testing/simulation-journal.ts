import type { Result } from 'neverthrow'
import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import type { Product } from '../rules/product.ts'
import type { Claim } from '../use-cases/claim-payment.ts'
import type { Snapshot } from './snapshot.ts'

/** What a request came to: a refusal, or what it made; `text` is all of it. */
export type Answer = Readonly<{ code?: string; order?: Order; payment?: Payment; text: string }>

/** An answer that nobody can count on: the same key may get another one later. */
const promisesNothing = ({ code, payment }: Answer): boolean =>
  payment?.state === 'PENDING' || (code !== undefined && NOT_KEPT.includes(code))

const NOT_KEPT: readonly string[] = [
  'gateway_unavailable',
  'idempotency_key_reused',
  'order_not_found',
  'payment_attempts_exceeded',
  'too_many_unpaid_orders',
  'payment_outcome_unknown',
]

/** What a key has led to so far. */
type Known = {
  hasCrashed: boolean
  effect: string | undefined
  final: string | undefined
  paymentId: string | undefined
}

/** What the customers know from the answers that they got. Keys are those of one user. */
export class Journal {
  readonly #keys = new Map<string, Known>()
  readonly #orders: Order[] = []
  readonly #payments: Payment[] = []
  readonly violations: string[] = []
  /** Whether nothing has gone wrong for so long that every question has an answer. */
  isCalm = false

  /** A process died at work on this key. */
  crashed(key: string): void {
    this.#known(key).hasCrashed = true
  }

  hasCrashed(key: string): boolean {
    return this.#known(key).hasCrashed
  }

  /** A request with this key has changed something, other than writing down what the gateway said. */
  effect(key: string, what: string): void {
    const known = this.#known(key)
    if (known.effect) this.#fail(`C3 a key has one effect: ${key}: ${known.effect}, ${what}`)
    known.effect = what
  }

  /** A process has its answer ready, whether or not it arrives. `wrote` is what the task added to history. */
  answered(key: string | undefined, answer: Answer, wrote: readonly string[]): void {
    const { code, payment, text } = answer
    const ofCustomer = wrote.filter((each) => !/^payment(Succeeded|Failed)$/.test(each))
    if (code !== undefined && ofCustomer.length > 0) {
      this.#fail(`C2 a refusal changes nothing: ${code} after ${ofCustomer.join(', ')}`)
    }
    if (key === undefined) return
    const known = this.#known(key)
    if (payment) {
      known.paymentId ??= payment.id
      if (known.paymentId !== payment.id) {
        this.#fail(`C4 repeats agree: ${key} got ${known.paymentId} and ${payment.id}`)
      }
    }
    if (this.isCalm && (code === 'gateway_unavailable' || code === 'payment_outcome_unknown')) {
      this.#fail(`C3 a refusal that promises nothing is not kept: ${key}: ${code}`)
    }
    if (promisesNothing(answer)) return
    known.final ??= text
    if (known.final !== text) {
      this.#fail(`C3 a finished key gives the same answer: ${key}: ${known.final} then ${text}`)
    }
  }

  /** An answer has arrived at its customer. */
  acknowledged({ order, payment }: Answer): void {
    if (order) this.#orders.push(order)
    if (payment && payment.state !== 'PENDING') this.#payments.push(payment)
  }

  /** What was acknowledged and is not there, in its state or a later one. */
  lost({ orders }: Snapshot): readonly string[] {
    const stored = new Map(orders.map((order) => [order.id, order]))
    const payments = new Map(orders.flatMap((each) => each.payments.map((one) => [one.id, one])))
    const missing = this.#orders.filter(({ id, history }) => {
      const now = stored.get(id)?.history.slice(0, history.length)
      return JSON.stringify(now) !== JSON.stringify(history)
    })
    const changed = this.#payments.filter(({ id, state }) => payments.get(id)?.state !== state)
    return [...missing, ...changed].map(
      ({ id }) => `C1 what was acknowledged is there: not ${id} as it was`,
    )
  }

  #fail(violation: string): void {
    this.violations.push(violation)
  }

  #known(key: string): Known {
    const known = this.#keys.get(key) ?? {
      hasCrashed: false,
      effect: undefined,
      final: undefined,
      paymentId: undefined,
    }
    this.#keys.set(key, known)
    return known
  }
}

type Refusal = Readonly<{ code: string }>

/** A use case's answer, as a journal keeps it. */
export const answerOf = (
  result: Result<Order, Refusal> | Result<Claim, Refusal> | Result<Product, Refusal>,
): Answer => {
  if (result.isErr()) return { code: result.error.code, text: JSON.stringify(result.error) }
  const { value } = result
  const text = JSON.stringify(value)
  if ('payment' in value) return { order: value.order, payment: value.payment, text }
  return 'history' in value ? { order: value, text } : { text }
}
