import type { Timers } from '../src/waiting-room.ts'

/** Timers that run only when a test says so. */
export const handTimers = (): Timers & Readonly<{ forward: (ms: number) => void }> => {
  let now = 0
  const planned = new Set<Readonly<{ at: number; run: () => void }>>()
  return {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + ms, run }
      planned.add(timer)
      return () => planned.delete(timer)
    },
    forward: (ms) => {
      now += ms
      for (const timer of [...planned]) {
        if (timer.at <= now && planned.delete(timer)) timer.run()
      }
    },
  }
}
