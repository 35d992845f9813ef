import { isLetGo } from '../rules/duplicate-order.ts'
import { leaseOf } from '../rules/lease.ts'
import { FAILED_STATES } from '../rules/order-expiry.ts'
import type { OrderState } from '../rules/order-lifecycle.ts'
import { isTooFarAhead } from '../rules/payment-policy.ts'
import { isRefundDue } from '../rules/refund.ts'
import type { UseCases } from '../use-cases/index.ts'
import { beginTask, reportThrown } from './simulation-tasks.ts'
import { delay, type Life, type Loop, type World } from './simulation-world.ts'
import type { Snapshot } from './snapshot.ts'

/** What a server's clock shows, and until when it trusts that plans are its own. */
type Watch = Readonly<{ now: number; trustsUntil: number; orderTtlMs: number }>

/** The work that a server does beside its requests, and the times at which there is some to do, in ms since 1970. */
const WORK: Readonly<
  Record<
    Loop['what'],
    Readonly<{
      run: (useCases: UseCases, isFirst: boolean, trustClocks: boolean) => Promise<unknown>
      times: (seen: Snapshot, by: Watch) => readonly (number | null)[]
    }>
  >
> = {
  reconcilePayments: {
    run: ({ reconcilePayments }, isFirst, trustClocks) =>
      reconcilePayments({ all: isFirst, trustClocks }),
    times: ({ orders }, { now, trustsUntil }) =>
      orders
        .flatMap(({ payments }) => payments)
        .map((each) => (isTooFarAhead(each, now) ? trustsUntil : each.nextCheckAt)),
  },
  settleRefunds: {
    run: ({ settleRefunds }) => settleRefunds(),
    times: ({ orders }, { now }) =>
      orders
        .flatMap(({ payments }) => payments.flatMap(({ refund }) => refund ?? []))
        .filter(({ state }) => state === 'OWED')
        .map((each) => (isRefundDue(each, leaseOf(now, now, 1)) ? now : each.nextAttemptAt)),
  },
  expireOrders: {
    run: ({ expireOrders }) => expireOrders(),
    times: ({ orders }, { orderTtlMs }) =>
      orders
        .filter(({ state, history }) => canRunOut(state) && !isLetGo({ history }))
        .map(({ state, history, updatedAt }) =>
          state === 'CREATED' ? history.findLast(({ from, to }) => from !== to)?.at : updatedAt,
        )
        .map((since) => (since === undefined ? null : since + orderTtlMs)),
  },
}

/** Unpaid orders expire, failed ones are let go. */
const canRunOut = (state: OrderState): boolean =>
  state === 'CREATED' || FAILED_STATES.some((each) => each === state)

const KINDS = Object.keys(WORK) as Loop['what'][]

/** How often the reconciler looks for checks that lie too far ahead; the real one does so once a minute, too. */
const DISTRUST_EVERY_MS = 60_000

/** Starts the loops of a process. Like the real one it asks about every pending payment in its first round. */
export const startLoops = (world: World, life: Life): void => {
  const { agenda } = world
  for (const what of KINDS) {
    const { run } = WORK[what]
    const loop: Loop = { what, restsUntil: 0, trustsUntil: 0, coming: undefined }
    let isFirst = true
    const rest = () => {
      loop.restsUntil = agenda.now + 1 + delay(world, world.weather.restMs)
      loop.coming = agenda.plan(Infinity, `${life.name} ${what} begins`, round, life)
    }
    const round = () => {
      loop.coming = undefined
      const { task, useCases } = beginTask(world, life, what)
      const trustClocks = agenda.now < loop.trustsUntil
      if (!trustClocks) loop.trustsUntil = agenda.now + DISTRUST_EVERY_MS
      const running = run(useCases, isFirst, trustClocks)
      isFirst = false
      running.catch((error: unknown) => reportThrown(world, task, error)).then(rest)
    }
    rest()
    life.loops.push(loop)
  }
}

/**
 * Lets every loop sleep until there is work for it by its own clock: rounds that would find nothing are left out, so that
 * a quiet day costs nothing.
 */
export const planRounds = ({ agenda, lives, seen, settings: { orderTtlMs } }: World): void => {
  for (const { skewMs, loops } of lives) {
    for (const { what, coming, restsUntil, trustsUntil } of loops) {
      if (!coming) continue
      const watch = { now: agenda.now + skewMs, trustsUntil: trustsUntil + skewMs, orderTtlMs }
      const times = WORK[what].times(seen, watch)
      const due = times.reduce<number>((first, at) => Math.min(first, at ?? Infinity), Infinity)
      coming.at = Math.max(restsUntil, due - skewMs)
    }
  }
}
