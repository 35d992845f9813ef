import { StoreUnavailable } from '../ports/store.ts'
import { createUseCases, type UseCases } from '../use-cases/index.ts'
import { portsOf } from './simulation-ports.ts'
import type { Life, Task, World } from './simulation-world.ts'

/** The use cases, at work for one task of a process. `key` are the user and the key that it was asked with. */
export const beginTask = (
  world: World,
  life: Life,
  name: string,
  key?: string,
): Readonly<{ task: Task; useCases: UseCases }> => {
  const task: Task = {
    ...{ life, name, key, transactions: 0, wrote: [] },
    asked: new Map(),
    heard: new Map(),
  }
  return { task, useCases: createUseCases(portsOf(world, task)) }
}

/** Reports what a use case threw, unless the store was out of reach: all else is a bug. */
export const reportThrown = (world: World, { name }: Task, error: unknown): void => {
  if (error instanceof StoreUnavailable) return
  world.violations.push(`${name} threw: ${error instanceof Error ? error.message : error}`)
}

/** Hands something to whichever process there is; without one nobody listens. */
export const reachProcess = (world: World, handle: (life: Life) => void): void => {
  const living = world.lives.filter(({ alive }) => alive)
  if (living.length === 0) world.agenda.note('nobody listens')
  else handle(world.random.pick(living))
}
