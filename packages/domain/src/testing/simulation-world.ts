import type { Store } from '../ports/store.ts'
import type { Settings } from '../use-cases/request.ts'
import { type Random, randomOf } from './random.ts'
import { Agenda, type Coming, type Runner } from './simulation-agenda.ts'
import { type Corner, CRASH_POINTS } from './simulation-corners.ts'
import { SimulatedGateway } from './simulation-gateway.ts'
import { Journal } from './simulation-journal.ts'
import { MODES } from './simulation-modes.ts'
import type { Request } from './simulation-requests.ts'
import type { Weather } from './simulation-weather.ts'
import type { Snapshot } from './snapshot.ts'

/** A server process between its start and its end. Its clock is `skewMs` ahead of the agenda's. */
export type Life = Runner & {
  readonly name: string
  skewMs: number
  /** What it waits for. */
  readonly calls: Set<Call>
  readonly loops: Loop[]
}

/** A loop of background work; `coming` is its next round, unless one is under way. */
export type Loop = {
  readonly what: 'reconcilePayments' | 'settleRefunds' | 'expireOrders'
  restsUntil: number
  /** Until then it does not look for checks that lie too far ahead. */
  trustsUntil: number
  coming: Coming | undefined
}

/** One use case at work in a process, once. */
export type Task = {
  readonly life: Life
  readonly name: string
  /** The user and the key that it was asked with. */
  readonly key?: string | undefined
  transactions: number
  /** How often it asked the gateway about what, such as `lookup pay_1`. */
  readonly asked: Map<string, number>
  /** What it heard from the gateway last, by the method that it asked. */
  readonly heard: Map<string, string>
  /** The rows of history that it wrote, by what they did. */
  readonly wrote: string[]
}

/** A call of a store or of the gateway, and how far it has come; `subject` is the payment that it is about. */
export type Call = {
  readonly task: Task
  readonly name: string
  readonly subject?: string | undefined
  phase: 'before' | 'in' | 'during' | 'after'
}

/** Everything that there is in one history. */
export type World = {
  readonly mode: string
  readonly random: Random
  readonly agenda: Agenda
  readonly store: Store
  readonly gateway: SimulatedGateway
  /** Another gateway, with empty books: until then it answers in place of the right one, as if all were meant for it. */
  readonly stranger: SimulatedGateway
  strangerUntil: number
  readonly settings: Settings
  readonly newId: (prefix: string) => string
  weather: Weather
  /** The calls at which an instance is still to be killed, such as `payOrder: charge`, and in which phase of them. */
  readonly aims: Map<string, string>
  readonly lives: Life[]
  /** How far ahead of the agenda's each clock has ever been. */
  readonly skews: number[]
  /** Who has leased what. */
  readonly leases: Map<string, Task>
  /** What has come to the gateway, such as `charge pay_1`. */
  readonly arrived: Set<string>
  /** What was asked, once each. */
  readonly requests: Request[]
  readonly journal: Journal
  /** What the store and the books held after the latest step that changed any of it. */
  seen: Snapshot
  hasChanged: boolean
  /** How often each corner was reached. */
  readonly corners: Map<string, number>
  readonly violations: string[]
}

const BEGIN = Date.UTC(2026, 0, 15, 12)

/** A world in which nothing has happened yet. Without a `mode` the seed chooses one. */
export const createWorld = (seed: number, mode: string | undefined, store: Store): World => {
  const random = randomOf(seed)
  const chosen = mode ?? random.pick(Object.keys(MODES))
  const weather = MODES[chosen]
  if (!weather) throw new Error(`There is no mode ${chosen}: ${Object.keys(MODES).join(', ')}.`)
  const { aims, aimAt } = weather
  const aimed = CRASH_POINTS.filter(
    (point) => !aimAt || aimAt.some((words) => point.includes(words)),
  )
  const agenda = new Agenda(random, BEGIN)
  let made = 0
  return {
    mode: chosen,
    random,
    agenda,
    store,
    gateway: new SimulatedGateway('gw_right', agenda, random),
    stranger: new SimulatedGateway('gw_stranger', agenda, random),
    strangerUntil: 0,
    settings: {
      paymentDeadlineMs: 180_000,
      orderTtlMs: weather.orderTtlMs,
      duplicateWindowMs: weather.duplicateWindowMs,
      unpaidOrders: weather.unpaidOrders,
      idempotencyTtlMs: 86_400_000,
      defaultPaymentMethod: 'approve',
    },
    newId: (prefix) => {
      made += 1
      return `${prefix}_${String(made).padStart(5, '0')}`
    },
    weather,
    aims: new Map(Array.from({ length: aims }, () => aimOf(random.pick(aimed)))),
    lives: [],
    skews: [],
    leases: new Map(),
    arrived: new Set(),
    requests: [],
    journal: new Journal(),
    seen: { orders: [], products: [], books: new Map() },
    hasChanged: false,
    corners: new Map(),
    violations: [],
  }
}

const aimOf = (point: string): [call: string, phase: string] => {
  const [phase = ''] = point.split(' ', 1)
  return [point.slice(phase.length + 1), phase]
}

/** Counts that a corner was reached. */
export const reach = ({ corners }: World, corner: Corner): void => {
  corners.set(corner, (corners.get(corner) ?? 0) + 1)
}

/** A random delay up to one of these bounds. */
export const delay = ({ random }: World, boundsMs: readonly number[]): number =>
  random.whole(0, random.pick(boundsMs))

/** Sends a message over the network: it may get lost, come twice, and overtake others. */
export const send = (
  world: World,
  what: string,
  arrive: () => unknown,
  { by, travelMs = world.weather.travelMs }: { by?: Runner; travelMs?: readonly number[] } = {},
): void => {
  const { agenda, random, weather } = world
  if (random.chance(weather.loses)) {
    agenda.note(`${what} is lost`)
    return
  }
  for (let copies = random.chance(weather.doubles) ? 2 : 1; copies > 0; copies -= 1) {
    agenda.plan(delay(world, travelMs), what, arrive, by)
  }
}
