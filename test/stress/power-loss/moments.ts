import { type Intent, openJournal } from '../journal.ts'
import type { Random } from '../random.ts'
import type { Recording, Told } from './record.ts'

/**
 * Moments of the power cut, as numbers of events that came before it: two of three right after a change below `folder`, so
 * that something is not synced, the others right after somebody was answered.
 */
export const momentsOf = (
  { events, told }: Recording,
  folder: string,
  states: number,
  random: Random,
): readonly number[] => {
  const afterChanges = events.flatMap(({ kind, path }, index) =>
    kind !== 'sync' && path.startsWith(folder) ? [index + 1] : [],
  )
  return Array.from({ length: states }, () => {
    if (random.chance(2 / 3)) return random.pick(afterChanges)
    const { at } = random.pick(told)
    const next = events.findIndex((event) => event.at > at)
    return next === -1 ? events.length : next
  }).toSorted((a, b) => a - b)
}

/** What clients had been told before a time, which only grows. Requests without an answer yet may have had an effect. */
export const listener = (told: readonly Told[]) => {
  const journal = openJournal()
  const known = new Map<Intent, Intent>()
  let next = 0
  return (before: number) => {
    for (let each = told[next]; each && each.at < before; each = told[next]) {
      const { intent, answer } = each
      const own = known.get(intent) ?? { ...intent, heard: [], lost: 1 }
      if (!known.has(intent)) journal.intents.push(own)
      known.set(intent, own)
      journal.write(own, answer, true)
      next += 1
    }
    return journal
  }
}
