import { crashPoints } from '../../../packages/adapters/src/crash/crash-at.ts'
import type { Random } from '../random.ts'

/** One thing that is done to a server: how it comes to its end, and what it is started with. */
export type Ordeal = Readonly<{
  /**
   * `point`: at the n-th time that it gets to a crash point. `load`: so many ms after it listens. `recovery`: the same, but
   * soon, while it still finishes what others began. `start`: so many ms after it was started. `stop`: it stands still at a
   * crash point for longer than its lease, and dies after it has woken.
   */
  kind: 'point' | 'load' | 'recovery' | 'start' | 'stop'
  point?: string
  nth?: number
  afterMs?: number
  /** Whether orders expire within seconds meanwhile. */
  expiry: boolean
}>

/** What not every second customer brings about: these points are waited for once. */
const RARE =
  /oweRefund|saveRefund|leaseRefunds|refund$|expire|letGo|retryOrder|modify\+|\+modify|void|hasten|Notification/

/** A killed worker leaves these payments and refunds leased. */
const LEAVES_A_LEASE = /-commit:leasePayments|-lookup|-writes:postponeCheck/

/** Where a process can stand still without keeping others from writing: it holds a lease or an answer, but no lock. */
const STANDSTILLS = ['after-lookup', 'after-charge', 'after-void', 'after-commit:leasePayments']

/** So many restarts in a row are killed while they recover. */
const BURST = 6

/** Whether a plan is long enough to have every crash point in it. */
export const hasEveryPoint = (kills: number): boolean => kills >= 2 * crashPoints.length

/** Ordeals that kill so many times: a seed gives the same ones each time. Long plans have every crash point in them. */
export const planOf = (random: Random, kills: number): readonly Ordeal[] => {
  const everyPoint = hasEveryPoint(kills)
  const first = random
    .shuffle(crashPoints.filter((point) => everyPoint || !RARE.test(point)))
    .slice(0, everyPoint ? crashPoints.length : Math.ceil(kills * 0.6))
    .map((point) => pointed(random, point, 1))
  const bursts = Math.floor(kills / 50) || 1
  const burstLength = Math.min(BURST, Math.floor(kills / 6))
  const groups: Ordeal[][] = [
    ...first.map((ordeal) => [ordeal]),
    ...Array.from({ length: bursts }, () => burst(random, burstLength)),
  ]
  while (groups.flat().length < kills) groups.push([another(random)])
  const plan = random.shuffle(groups).flat()
  // Leases lapse after 30 s: where a plan is short, they had better begin to at once.
  if (!everyPoint) return plan.toSorted((a, b) => Number(leavesALease(b)) - Number(leavesALease(a)))
  for (const [number, point] of random.shuffle(STANDSTILLS).slice(0, 2).entries()) {
    const at = Math.floor((plan.length * (1 + 2 * number)) / 5)
    plan.splice(at, 0, { kind: 'stop', point, nth: random.whole(1, 2), expiry: false })
  }
  return plan
}

/** What a server can go through, besides what all of them can. */
export type Suited = Readonly<{
  /** Whether it may stand still: one that serves for another that does so may not. */
  mayStop: boolean
  /** Whether the gateway notifies it: no other gets to where notifications are written. */
  isNotified: boolean
}>

/** Whether a server can come to where an ordeal is to take place. */
export const suits = ({ kind, point = '' }: Ordeal, { mayStop, isNotified }: Suited): boolean =>
  (mayStop || kind !== 'stop') && (isNotified || !/Notification$/.test(point))

/** A point that was not reached so often is not going to be; one that never killed is worth more tries. */
const MOST_MISSES = { hasKilled: 3, neverKilled: 8 }

/** The ordeal once more, at the first time, where its point was not reached `misses` times; undefined if it is given up. */
export const planAgain = (
  ordeal: Ordeal,
  misses: number,
  hasKilled: boolean,
): Ordeal | undefined =>
  misses < MOST_MISSES[hasKilled ? 'hasKilled' : 'neverKilled'] ? { ...ordeal, nth: 1 } : undefined

const leavesALease = ({ kind, point = '' }: Ordeal): boolean =>
  kind === 'recovery' || kind === 'load' || LEAVES_A_LEASE.test(point)

const burst = (random: Random, length: number): Ordeal[] =>
  Array.from({ length }, () => ({
    kind: random.chance(0.8) ? 'recovery' : 'start',
    afterMs: random.whole(0, 200),
    expiry: false,
  }))

const another = (random: Random): Ordeal =>
  random.chance(0.55)
    ? pointed(random, random.pick(crashPoints), random.whole(1, 4))
    : { kind: 'load', afterMs: random.whole(50, 900), expiry: random.chance(0.25) }

const pointed = (random: Random, point: string, nth: number): Ordeal => ({
  kind: 'point',
  point,
  nth: RARE.test(point) ? 1 : nth,
  expiry: /expire|letGo/.test(point) || random.chance(0.25),
})
