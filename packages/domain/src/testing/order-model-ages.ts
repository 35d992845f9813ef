import type { RequestedLine } from '../rules/order.ts'
import type { OrderState } from '../rules/order-lifecycle.ts'
import {
  basketOf,
  CLOSED,
  DUPLICATE_WINDOW_MS,
  type ModelOrder,
  ORDER_TTL_MS,
} from './order-model-parts.ts'

const FAILED: readonly OrderState[] = ['ORDER_FAILED', 'PAYMENT_FAILED']

/** Whether nothing has happened to the order since it was let go. */
export const isLetGo = ({ history }: ModelOrder): boolean =>
  history.at(-1)?.includes(' letGo ') === true

/** When each order was changed last, and since when it has been in its state; and what comes of that. */
export class ModelAges {
  readonly #times = new Map<ModelOrder, Readonly<{ at: number; since: number }>>()
  readonly #orders: readonly ModelOrder[]
  readonly #visit: (corner: string) => void

  constructor(orders: readonly ModelOrder[], visit: (corner: string) => void) {
    this.#orders = orders
    this.#visit = visit
  }

  changed(order: ModelOrder, now: number, isMove: boolean): void {
    this.#times.set(order, { at: now, since: isMove ? now : this.#of(order).since })
  }

  /** The orders that have been unpaid for too long, and those that have failed and stood for as long. */
  runOut(now: number): Readonly<Record<'unpaid' | 'failed', readonly ModelOrder[]>> {
    const isOver = (at: number) => now >= at + ORDER_TTL_MS
    return {
      unpaid: this.#orders.filter((o) => o.state === 'CREATED' && isOver(this.#of(o).since)),
      failed: this.#orders.filter(
        (o) => FAILED.includes(o.state) && !isLetGo(o) && isOver(this.#of(o).at),
      ),
    }
  }

  /** Whether another order of the user's, open or just paid, has these lines. */
  hasTwin(
    userId: string,
    lines: readonly RequestedLine[],
    now: number,
    order?: ModelOrder,
  ): boolean {
    const others = this.#orders.filter((each) => each !== order && each.userId === userId)
    const twins = others.filter((other) => basketOf(other.lines) === basketOf(lines))
    if (twins.some((twin) => !CLOSED.includes(twin.state) && !isLetGo(twin))) return true
    const paid = twins.filter(({ state }) => state === 'PAYMENT_DONE')
    const isRecent = paid.some((twin) => now - this.#of(twin).at < DUPLICATE_WINDOW_MS)
    if (isRecent) this.#visit('twin just paid')
    return isRecent
  }

  /** Whether an edit to these lines gives the order a twin that it does not have already. */
  makesTwin(order: ModelOrder, lines: readonly RequestedLine[], now: number): boolean {
    const isSame = basketOf(order.lines) === basketOf(lines)
    const mayHaveTwin = order.allowDuplicate || (isSame && !isLetGo(order))
    return !mayHaveTwin && this.hasTwin(order.userId, lines, now, order)
  }

  /** Whether the order was let go, and another of its basket has come since; or has a twin with other lines. */
  isReplaced(order: ModelOrder, now: number, lines?: readonly RequestedLine[]): boolean {
    if (lines) return this.makesTwin(order, lines, now)
    if (order.allowDuplicate || !isLetGo(order)) return false
    const isReplaced = this.hasTwin(order.userId, order.lines, now, order)
    this.#visit(isReplaced ? 'let go and replaced' : 'let go and back')
    return isReplaced
  }

  #of(order: ModelOrder): Readonly<{ at: number; since: number }> {
    return this.#times.get(order) ?? { at: Number.NaN, since: Number.NaN }
  }
}
