import { METHODS, type Method, type ModelMethod, type ModelPayment } from './order-model-parts.ts'

/** What the gateway knows of the attempts, and which charges have never arrived there. */
export class ModelBooks {
  readonly #missed = new Map<ModelPayment, Method>()
  readonly #capturesAt = new Map<ModelPayment, number>()

  sent(payment: ModelPayment, method: ModelMethod): void {
    this.#missed.set(payment, METHODS[method])
  }

  hasMissed = (payment: ModelPayment): boolean => this.#missed.has(payment)

  /** The charge arrives, and gives what it does by its method. */
  arrived(payment: ModelPayment, now: number): Method {
    const method = this.#missed.get(payment) ?? {}
    this.#missed.delete(payment)
    this.#capturesAt.set(payment, now + (method.capturesAfterMs ?? Number.POSITIVE_INFINITY))
    return method
  }

  hasCaptured = (payment: ModelPayment, now: number): boolean =>
    (this.#capturesAt.get(payment) ?? Number.POSITIVE_INFINITY) <= now
}
