import type { Prediction } from './order-model-parts.ts'

/** Counts how often each row of history was written, each refusal was due, and each other corner was reached. */
export class ModelVisits {
  readonly visits = new Map<string, number>()

  visit(corner: string): void {
    this.visits.set(corner, (this.visits.get(corner) ?? 0) + 1)
  }

  refuse(code: string): Prediction {
    this.visit(code)
    return { code }
  }
}
