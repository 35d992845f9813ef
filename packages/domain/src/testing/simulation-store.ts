import { type Changes, type Found, type Store, StoreUnavailable } from '../ports/store.ts'
import type { Corner } from './simulation-corners.ts'
import { isAimed, isHit, openCall } from './simulation-crash.ts'
import { noteConclusion } from './simulation-fences.ts'
import {
  noteLeases,
  noteNotification,
  notePostponed,
  noteRefund,
  noteTransaction,
} from './simulation-notes.ts'
import { type Call, delay, reach, type Task, type World } from './simulation-world.ts'

/** The store as one task sees it: each call takes its time, may fail, and may be the last thing that its process does. */
export const storeOf = (world: World, task: Task): Store => {
  const { store } = world
  const call = <T>(name: string, act: () => Promise<T>) => callStore(world, task, name, act)
  return {
    ...store,
    transaction: transactionOf(world, task),
    boundGateway: () => call('boundGateway', () => store.boundGateway()),
    findOrder: (ref) => call('findOrder', () => store.findOrder(ref)),
    listUnpaid: (page) => call('listUnpaid', () => store.listUnpaid(page)),
    listGivenUp: (page) => call('listGivenUp', () => store.listGivenUp(page)),
    hastenChecks: (which, lease) => call('hastenChecks', () => store.hastenChecks(which, lease)),
    leasePayments: (lease) =>
      call('leasePayments', async () => {
        const leased = await store.leasePayments(lease)
        for (const { id } of leased) noteLeases(world, task, id)
        return leased.toSorted((a, b) => (a.id < b.id ? -1 : 1)) // Stores may order equals differently.
      }),
    postponeCheck: (next) =>
      call('postponeCheck', async () => {
        await store.postponeCheck(next)
        notePostponed(world, next)
      }),
    noteOutcome: (paymentId, outcome) =>
      call('noteOutcome', () => store.noteOutcome(paymentId, outcome)),
    noteFence: (paymentId, until) => call('noteFence', () => store.noteFence(paymentId, until)),
    acceptNotification: (notification) =>
      call('acceptNotification', async () => {
        const isNew = await store.acceptNotification(notification)
        noteNotification(world, notification, isNew)
        return isNew
      }),
    leaseRefunds: (lease) =>
      call('leaseRefunds', async () => {
        const leased = await store.leaseRefunds(lease)
        for (const { paymentId } of leased) noteLeases(world, task, `refund ${paymentId}`)
        return leased.toSorted((a, b) => (a.paymentId < b.paymentId ? -1 : 1))
      }),
    saveRefund: (refund) =>
      call('saveRefund', async () => {
        await store.saveRefund(refund)
        noteRefund(world, refund)
      }),
    forgetKeys: (before) => call('forgetKeys', () => store.forgetKeys(before)),
  }
}

const ROLLED_BACK = new Error('Rolled back.')

const transactionOf =
  (world: World, task: Task): Store['transaction'] =>
  (wanted, decide) => {
    const { store } = world
    task.transactions += 1
    const { order } = wanted
    const paymentId = order && 'paymentId' in order ? order.paymentId : undefined
    const isFirst = task.transactions === 1
    const name = paymentId ? 'conclusion' : `${isFirst ? 'first' : 'later'} transaction`
    const act = async () => {
      let seen: { found: Found; changes: Changes | undefined } | undefined
      const value = await store.transaction(wanted, (found) => {
        const decision = decide(found)
        seen = { found, changes: decision.changes }
        return decision
      })
      if (seen) noteTransaction(world, task, seen.found, seen.changes ?? {})
      if (seen && paymentId) noteConclusion(world, paymentId, seen.found, seen.changes ?? {})
      return value
    }
    const rehearse = async () => {
      const attempt = store.transaction(wanted, (found) => {
        decide(found)
        throw ROLLED_BACK
      })
      await attempt.catch((error: unknown) => {
        if (error !== ROLLED_BACK) throw error
      })
    }
    return callStore(world, task, name, act, rehearse)
  }

/**
 * A call of the store in two steps, so that a crash, an outage, another instance or a long pause can come between them.
 * `rehearse` does all of it except for the commit.
 */
const callStore = <T>(
  world: World,
  task: Task,
  name: string,
  act: () => Promise<T>,
  rehearse?: () => Promise<void>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const { life } = task
    const call = openCall(task, name)
    const what = `${life.name} ${task.name}: ${name}`
    const close = (settle: () => void) => {
      life.calls.delete(call)
      settle()
    }
    const lose = () => close(() => reject(new StoreUnavailable('The store does not answer.')))
    const begin = () => {
      call.phase = 'before'
      world.agenda.plan(delay(world, world.weather.stepMs), what, run, life)
    }
    const run = async () => {
      const fate = await beforeCommit(world, call, rehearse)
      if (fate === 'dead') return
      if (fate === 'refused') return lose()
      if (fate === 'again') return begin()
      world.hasChanged = true
      const settle = await act().then(
        (value) => () => resolve(value),
        (error: unknown) => () => reject(error),
      )
      call.phase = 'after'
      if (isHit(world, call)) return
      const answer = () => (fails(world, 'answer of the store lost') ? lose() : close(settle))
      const answerMs = delay(world, world.weather.stepMs)
      if (answerMs === 0) answer()
      else world.agenda.plan(answerMs, `${what} is answered`, answer, life)
    }
    begin()
  })

/** What happens to a call before it is carried out. */
const beforeCommit = async (
  world: World,
  call: Call,
  rehearse?: () => Promise<void>,
): Promise<'dead' | 'refused' | 'again' | 'free'> => {
  if (isHit(world, call)) return 'dead'
  if (fails(world, 'store out of reach')) return 'refused'
  if (!rehearse) return 'free'
  call.phase = 'in'
  const isAgain = fails(world, 'transaction done again after a conflict')
  if (isAgain || isAimed(world, call)) await rehearse()
  if (isHit(world, call)) return 'dead'
  return isAgain ? 'again' : 'free'
}

const fails = (world: World, fault: Corner): boolean => {
  if (!world.random.chance(world.weather.storeFails)) return false
  reach(world, fault)
  world.agenda.note(fault)
  return true
}
