/** Random choices that a seed repeats. */
export type Random = Readonly<{
  /** From 0 up to 1. */
  next: () => number
  /** A whole number, both ends included. */
  whole: (least: number, most: number) => number
  chance: (probability: number) => boolean
  pick: <T>(items: readonly T[]) => T
  /** A name, as often as its weight says. */
  weighted: <Name extends string>(weights: Readonly<Partial<Record<Name, number>>>) => Name
  shuffle: <T>(items: readonly T[]) => T[]
}>

/** The generator mulberry32: 32 bits of state, good enough to vary a history. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error('There is nothing to pick from.')
    return items[whole(0, items.length - 1)] as T
  }
  return {
    next,
    whole,
    chance: (probability) => probability > 0 && next() < probability,
    pick,
    weighted: <Name extends string>(weights: Readonly<Partial<Record<Name, number>>>) => {
      const all = Object.entries(weights) as [Name, number][]
      let left = next() * all.reduce((sum, [, weight]) => sum + weight, 0)
      const found = all.find(([, weight]) => {
        left -= weight
        return left < 0
      })
      return (found ?? (all.at(-1) as [Name, number]))[0]
    },
    shuffle: (items) => {
      const shuffled = [...items]
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = whole(0, last)
        const [a, b] = [shuffled[last], shuffled[other]]
        shuffled.splice(last, 1, b as (typeof shuffled)[number])
        shuffled.splice(other, 1, a as (typeof shuffled)[number])
      }
      return shuffled
    },
  }
}
