import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, Middleware } from 'koa'
import { isPromiseLike } from '../operation/around.ts'
import { sendProblem } from '../send-problem.ts'

/**
 * What a request can wait for: its client, which sends the body, the payment gateway, the end of a payment, the server of the
 * keys that tokens are signed with, or a flooding user's patience.
 */
type Whom = 'client' | 'gateway' | 'payment' | 'keys' | 'patience'

/** Requests in flight: those that work, and those that wait for somebody else and cost little more than memory. */
export type InFlight = Readonly<Record<'working' | Whom, number>>

/** How many requests may be in flight. */
export type LoadLimits = Readonly<{ working: number; paying: number }>

/**
 * `working`: even the slower of the two databases, on two cores, gets through a thousand requests in the second before
 * its pool would refuse them anyway; whoever came behind them would wait for nothing. `paying`: with a gateway that
 * hangs for its five seconds that is a hundred payments a second, and with one that answers in half a second a thousand.
 */
const LOAD_LIMITS: LoadLimits = { working: 1000, paying: 500 }

/** Counts the requests in flight, and turns away those that are too many. */
export type Load = Readonly<{ inFlight: InFlight; shed: Middleware }>

type Move = (to: 'working' | Whom) => void

const current = new AsyncLocalStorage<Move>()

/**
 * Runs what the request at hand waits for without working. It takes no place meanwhile: clients that send slowly, or a
 * gateway that hangs, must not keep others out. Outside of a request it only runs the work.
 */
export const waitingFor = <T>(whom: Whom, work: () => T): T => {
  const move = current.getStore()
  const waited = work()
  if (move && isPromiseLike(waited)) {
    const comeBack = () => move('working')
    move(whom)
    waited.then(comeBack, comeBack)
  }
  return waited
}

/** A bulkhead: payments have a limit of their own on how many are under way, so that a slow gateway blocks only them. */
export const createLoad = (limits: LoadLimits = LOAD_LIMITS): Load => {
  const inFlight = { working: 0, client: 0, gateway: 0, payment: 0, keys: 0, patience: 0 }
  let paying = 0
  return {
    inFlight,
    shed: async (ctx, next) => {
      if (inFlight.working >= limits.working) return refuse(ctx, 'The service has too much to do.')
      let pays = isPayment(ctx)
      if (pays && paying >= limits.paying) {
        return refuse(ctx, 'Too many payments wait for the gateway.')
      }
      let place: keyof InFlight | undefined = 'working'
      inFlight.working += 1
      if (pays) paying += 1
      const stopPaying = () => {
        if (pays) paying -= 1
        pays = false
      }
      const move: Move = (to) => {
        if (!place) return // The request has ended; what it waited for came too late.
        inFlight[place] -= 1
        inFlight[to] += 1
        place = to
        if (to === 'payment') stopPaying() // It asks the gateway for nothing any more.
      }
      try {
        await current.run(move, next)
      } finally {
        inFlight[place] -= 1
        place = undefined
        stopPaying()
      }
    },
  }
}

const isPayment = ({ method, path }: Context): boolean =>
  method === 'POST' && (path === '/payment' || path === '/retrypayment')

const refuse = (ctx: Context, detail: string): void =>
  sendProblem(ctx, { code: 'overloaded', detail })
