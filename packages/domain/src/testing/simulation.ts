import type { Store } from '../ports/store.ts'
import { createProduct } from '../use-cases/create-product.ts'
import { createMemoryStore } from './memory-store.ts'
import { brokenInvariants, unsettled } from './order-invariants.ts'
import { planRounds } from './simulation-background.ts'
import { planDeeds, repeatAll } from './simulation-customers.ts'
import { connectGateway } from './simulation-notifications.ts'
import { changedPast } from './simulation-past.ts'
import { disturb, restartDead, start } from './simulation-process.ts'
import { STOCK } from './simulation-requests.ts'
import { calm } from './simulation-weather.ts'
import { createWorld, type World } from './simulation-world.ts'
import { snapshotOf } from './snapshot.ts'

export { CORNERS, CRASH_POINTS } from './simulation-corners.ts'
export { MODES } from './simulation-modes.ts'

/** Which history to run: the seed says all of it. Without a `mode` the seed chooses one. */
export type Simulation = Readonly<{
  seed: number
  mode?: string | undefined
  /** An empty store; without one, a memory store. */
  store?: Store
}>

/** What a history came to. `trace` is the same whenever the seed is. */
export type Simulated = Readonly<{
  seed: number
  mode: string
  violations: readonly string[]
  trace: readonly string[]
  corners: ReadonlyMap<string, number>
}>

/** No history is nearly as long; one that never comes to rest is. */
const MOST_STEPS = 30_000

/** How long after the last fault an attempt may at most be open: an hour's gap, clocks apart, and the questions. */
const SETTLED_WITHIN_MS = 2 * 3_600_000

/** How long the gateway may know the end of an attempt before we do, while nothing goes wrong: an hour's gap, and the questions. */
const FOUND_WITHIN_MS = 3_600_000 + 300_000

/** Every key is tried again when nothing is being paid any more, when everything rests, and once after that. */
const LAST_REPEAT = 3

/**
 * The whole service in one process, from one seed: several instances with clocks of their own on one store, customers who
 * repeat themselves, a gateway with books of its own, and a network between them that loses, doubles, delays and
 * reorders. Instances are killed between any two steps. After each step every invariant is checked; in the end nothing
 * goes wrong any more, and everything that was begun must come to an end.
 */
export const simulate = async ({
  seed,
  mode,
  store = createMemoryStore(),
}: Simulation): Promise<Simulated> => {
  const world = createWorld(seed, mode, store)
  await stock(world)
  connectGateway(world)
  for (let nth = 1; nth <= world.weather.instances; nth += 1) start(world, `server ${nth}`)
  planDeeds(world)
  await storm(world)
  await lull(world)
  const { agenda, corners, violations } = world
  return { seed, mode: world.mode, violations, trace: agenda.trace, corners }
}

/** The time in which things go wrong. */
const storm = async (world: World): Promise<void> => {
  const { agenda, gateway } = world
  const end = agenda.now + world.weather.lastsMs
  while (agenda.now < Math.max(end, gateway.downUntil, world.strangerUntil)) {
    disturb(world)
    if (!(await step(world))) return
  }
}

/** The time after it, until there is nothing left to do; every key gets its answer again in between. */
const lull = async (world: World): Promise<void> => {
  const { agenda, gateway, lives, violations, journal } = world
  world.weather = calm(world.weather)
  gateway.downUntil = 0
  world.strangerUntil = 0
  for (const life of lives) life.stalledUntil = 0
  const behindMs = Math.max(0, ...lives.map(({ skewMs }) => -skewMs))
  const end = agenda.now + behindMs + SETTLED_WITHIN_MS
  const knownSince = new Map<string, number>()
  for (let repeats = 0; violations.length === 0; ) {
    const isResting = !(await step(world))
    const isOpen = world.seen.orders.some(({ state }) => state === 'PAYMENT_IN_PROGRESS')
    violations.push(...notFound(world, knownSince))
    if (isOpen && agenda.now > end && repeats === 0) violations.push('L1 an attempt ends in time')
    if (isResting && repeats === LAST_REPEAT) break
    if (isResting || (repeats === 0 && !isOpen)) {
      repeats += 1
      if (repeats === LAST_REPEAT) {
        world.aims.clear()
        journal.isCalm = true
      }
      repeatAll(world)
    }
  }
  if (violations.length > 0) return
  violations.push(...unsettled(world.seen), ...journal.lost(world.seen))
}

/** The attempts whose end the gateway has known for too long already; `knownSince` says of each since when. */
const notFound = (
  { agenda, gateway, seen }: World,
  knownSince: Map<string, number>,
): readonly string[] =>
  seen.orders
    .flatMap(({ payments }) => payments.filter(({ state }) => state === 'PENDING'))
    .filter(({ id }) => (seen.books.get(id)?.captures ?? 0) > 0 || gateway.hasRefused(id))
    .flatMap(({ id }) => {
      const since = knownSince.get(id) ?? agenda.now
      knownSince.set(id, since)
      const isLate = agenda.now > since + FOUND_WITHIN_MS
      return isLate ? [`L1 what the gateway knows is found out in time: not so ${id}`] : []
    })

/** One thing happens, and everything is looked at; false where there is nothing left to happen, or something broke. */
const step = async (world: World): Promise<boolean> => {
  const { agenda, violations, journal, gateway, skews } = world
  restartDead(world)
  planRounds(world)
  if (!(await agenda.step())) return false
  if (world.hasChanged) {
    const before = world.seen
    world.hasChanged = false
    world.seen = await snapshotOf({ store: world.store, books: world.gateway.books })
    violations.push(
      ...brokenInvariants(world.seen),
      ...changedPast(before, world.seen, {
        hasRefused: (id) => gateway.hasRefused(id),
        apartMs: Math.max(...skews) - Math.min(...skews),
      }),
    )
  }
  violations.push(...journal.violations.splice(0))
  if (agenda.trace.length > MOST_STEPS) violations.push('L1 everything comes to rest')
  return violations.length === 0
}

const stock = async (world: World): Promise<void> => {
  const { store, gateway, newId, agenda, settings } = world
  await store.bindGateway({ gatewayId: gateway.id, at: agenda.now })
  const create = createProduct({ store, clock: { now: () => agenda.now }, newId, settings })
  for (const [sku, quantity] of Object.entries(STOCK)) {
    const details = {
      sku,
      name: sku,
      description: '',
      price: { amountMinor: 100, currency: 'EUR' },
    }
    await create({ by: { operator: 'admin' }, ...details, quantity })
  }
  world.seen = await snapshotOf({ store, books: gateway.books })
}
