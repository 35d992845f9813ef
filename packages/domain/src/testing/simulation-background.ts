import type { UseCases } from '../use-cases/index.ts'
import { beginTask, reportThrown } from './simulation-tasks.ts'
import { delay, type Life, type Loop, type World } from './simulation-world.ts'
import type { Snapshot } from './snapshot.ts'

/** The work that a server does beside its requests, and the times at which there is some to do, in ms since 1970. */
const WORK: Readonly<
  Record<
    Loop['what'],
    Readonly<{
      run: (useCases: UseCases, isFirst: boolean) => Promise<unknown>
      times: (seen: Snapshot, orderTtlMs: number) => readonly (number | null)[]
    }>
  >
> = {
  reconcilePayments: {
    run: ({ reconcilePayments }, isFirst) => reconcilePayments({ all: isFirst }),
    times: ({ orders }) =>
      orders.flatMap(({ payments }) => payments.map(({ nextCheckAt }) => nextCheckAt)),
  },
  settleRefunds: {
    run: ({ settleRefunds }) => settleRefunds(),
    times: ({ orders }) =>
      orders
        .flatMap(({ payments }) => payments.flatMap(({ refund }) => refund ?? []))
        .map(({ state, nextAttemptAt }) => (state === 'OWED' ? nextAttemptAt : null)),
  },
  expireOrders: {
    run: ({ expireOrders }) => expireOrders(),
    times: ({ orders }, orderTtlMs) =>
      orders
        .filter(({ state }) => state === 'CREATED')
        .map(({ history }) => history.findLast(({ from, to }) => from !== to)?.at)
        .map((since) => (since === undefined ? null : since + orderTtlMs)),
  },
}

const KINDS = Object.keys(WORK) as Loop['what'][]

/** Starts the loops of a process. Like the real one it asks about every pending payment in its first round. */
export const startLoops = (world: World, life: Life): void => {
  const { agenda } = world
  for (const what of KINDS) {
    const { run } = WORK[what]
    const loop: Loop = { what, restsUntil: 0, coming: undefined }
    let isFirst = true
    const rest = () => {
      loop.restsUntil = agenda.now + 1 + delay(world, world.weather.restMs)
      loop.coming = agenda.plan(Infinity, `${life.name} ${what} begins`, round, life)
    }
    const round = () => {
      loop.coming = undefined
      const { task, useCases } = beginTask(world, life, what)
      const running = run(useCases, isFirst)
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
export const planRounds = ({ lives, seen, settings }: World): void => {
  const due = new Map<Loop['what'], number>()
  for (const what of KINDS) {
    const times = WORK[what].times(seen, settings.orderTtlMs)
    due.set(
      what,
      times.reduce<number>((first, at) => Math.min(first, at ?? Infinity), Infinity),
    )
  }
  for (const { skewMs, loops } of lives) {
    for (const { what, coming, restsUntil } of loops) {
      if (coming) coming.at = Math.max(restsUntil, (due.get(what) ?? Infinity) - skewMs)
    }
  }
}
