import type { Random } from './random.ts'

/** Whoever does things: once dead they do nothing more, and stalled they do nothing yet. Times are ms since 1970. */
export type Runner = { alive: boolean; stalledUntil: number }

/** Something that will happen, not before `at`; never while `at` is infinite. */
export type Coming = {
  at: number
  readonly what: string
  readonly happen: () => unknown
  readonly by: Runner | undefined
}

/**
 * All that is going to happen, and the one clock that all others are compared with. Of the things that are due any may
 * come first: the seed decides. Time passes only when nothing is due.
 */
export class Agenda {
  now: number
  /** What happened, a line each, with its time: the same for the same seed. */
  readonly trace: string[] = []
  readonly #random: Random
  readonly #begin: number
  #coming: Coming[] = []

  constructor(random: Random, begin: number) {
    this.#random = random
    this.#begin = begin
    this.now = begin
  }

  plan(delayMs: number, what: string, happen: () => unknown, by?: Runner): Coming {
    const coming = { at: this.now + delayMs, what, happen, by }
    this.#coming.push(coming)
    return coming
  }

  drop(coming: Coming): void {
    this.#coming = this.#coming.filter((each) => each !== coming)
  }

  note(what: string): void {
    this.trace.push(`+${this.now - this.#begin} ${what}`)
  }

  /**
   * Lets one thing happen, and all that follows from it without waiting for anything else; false where there is nothing
   * left to come.
   */
  async step(): Promise<boolean> {
    this.#coming = this.#coming.filter(({ by }) => by?.alive !== false)
    const earliest = this.#coming.reduce((at, each) => Math.min(at, timeOf(each)), Infinity)
    if (earliest === Infinity) return false
    this.now = Math.max(this.now, earliest)
    const chosen = this.#random.pick(this.#coming.filter((each) => timeOf(each) <= this.now))
    this.drop(chosen)
    this.note(chosen.what)
    await chosen.happen()
    await promisesAreSettled()
    return true
  }
}

const timeOf = ({ at, by }: Coming): number => Math.max(at, by?.stalledUntil ?? 0)

/** All promises that can go on have gone on when the event loop turns. Nothing depends on how long that takes. */
const promisesAreSettled = () => new Promise((turned) => setImmediate(turned))
