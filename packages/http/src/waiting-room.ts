import { type Store, StoreUnavailable } from '@holdfast/domain'
import type { Logger } from 'pino'

/** Measures time and does something later. A port, so that a test need not wait. */
export type Timers = Readonly<{
  /** Milliseconds since some moment; never set back. */
  now: () => number
  /** Runs it after so many ms, unless what this returns is called before. */
  after: (ms: number, run: () => void) => () => void
}>

/** Real time. */
export const realTimers: Timers = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/**
 * How many requests may wait at a time. One that waits costs a connection and some memory, of which there are ten thousand and
 * enough; a user has a handful of pages open, and the server of a shop that signs in as one user waits for a hundred at a time.
 */
const MOST_WAITING = { inAll: 1000, ofUser: 100 }

/** A quarter of the tenth of a second in which an end is to be known, whoever wrote it down: the rest is for reading it. */
const LOOK_EVERY_MS = 25

/** A database that is away is not asked forty times a second. */
const LOOK_AFTER_FAILURE_MS = 1000

/** Why somebody waits no longer: the payment has ended, the time is up, the client has left, the service stops. */
export type Woken = 'ended' | 'timeUp' | 'left' | 'stopped'

/** Somebody who waits for the end of a payment, for so long at most. */
type Waiter = Readonly<{ paymentId: string; userId: string; ms: number }>

/** The place of somebody who waits, and how to give it up. */
type Place = Readonly<{ woken: Promise<Woken>; leave: () => void }>

/** Where requests wait for the end of payments. */
export type WaitingRoom = Readonly<{
  /** Takes somebody in who waits; undefined where too many do already or the service stops. */
  enter: (waiter: Waiter) => Place | undefined
  /** Wakes those who wait for a payment: its end is written down. */
  ended: (paymentId: string) => void
  /** Wakes everybody, and lets nobody in any more. */
  close: () => void
}>

/**
 * The waiting room of a process. An end that this process writes wakes its waiters at once. For those of other processes the
 * room looks into the store: one read for all who wait, and only while somebody does. So nobody holds a connection.
 */
export const createWaitingRoom = (
  {
    store,
    timers,
    log,
  }: Readonly<{
    store: Pick<Store, 'endedAmong'>
    timers: Timers
    log: Pick<Logger, 'warn' | 'error'>
  }>,
  most = MOST_WAITING,
): WaitingRoom => {
  type Guest = Waiter & Readonly<{ wake: (woken: Woken) => void }>
  const guests = new Set<Guest>()
  let isOpen = true
  let isLooking = false

  const ended = (paymentId: string) => {
    for (const guest of [...guests]) if (guest.paymentId === paymentId) guest.wake('ended')
  }
  const look = async (): Promise<void> => {
    if (guests.size === 0) {
      isLooking = false
      return
    }
    const failed = await store
      .endedAmong([...new Set([...guests].map(({ paymentId }) => paymentId))])
      .then((ids) => ids.forEach(ended))
      .then(
        () => false,
        (error: unknown) => {
          const level = error instanceof StoreUnavailable ? 'warn' : 'error'
          log[level](
            { err: error },
            'The end of payments could not be looked up; it is tried again',
          )
          return true
        },
      )
    timers.after(failed ? LOOK_AFTER_FAILURE_MS : LOOK_EVERY_MS, look)
  }
  return {
    enter: (waiter) => {
      const isOfUser = ({ userId }: Guest) => userId === waiter.userId
      if (!isOpen || guests.size >= most.inAll) return undefined
      if ([...guests].filter(isOfUser).length >= most.ofUser) return undefined
      const { promise: woken, resolve } = Promise.withResolvers<Woken>()
      const stopTimer = timers.after(waiter.ms, () => guest.wake('timeUp'))
      const guest: Guest = {
        ...waiter,
        wake: (why) => {
          guests.delete(guest)
          stopTimer()
          resolve(why)
        },
      }
      guests.add(guest)
      if (!isLooking) timers.after(LOOK_EVERY_MS, look)
      isLooking = true
      return { woken, leave: () => guest.wake('left') }
    },
    ended,
    close: () => {
      isOpen = false
      for (const guest of [...guests]) guest.wake('stopped')
    },
  }
}

/** The store; it tells the payments that a transaction has ended, once that is written. */
export const announceEnds = (store: Store, ended: WaitingRoom['ended']): Store => ({
  ...store,
  transaction: async (wanted, decide) => {
    let concluded: string | undefined
    const value = await store.transaction(wanted, (found) => {
      const decision = decide(found) // It may run several times; the last one is written.
      concluded = decision.changes?.concluded?.paymentId
      return decision
    })
    if (concluded !== undefined) ended(concluded)
    return value
  },
})
