import { setImmediate } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { handTimers } from './hand-timers.ts'
import { handClock } from './one-service.ts'
import { metricsOf } from './operation/read-metrics.ts'
import {
  type Answer,
  place,
  type Sent,
  sell,
  startLoggedService,
  type TestService,
} from './support.ts'

const GAUGE = 'holdfast_http_requests_in_flight{doing="waiting_for_payment"}'

/** A service whose time stands still until the test says so. */
export const start = async (t: ExecutionContext, environment = {}) => {
  const [clock, timers] = [handClock(), handTimers()]
  const service = await startLoggedService({ clock, timers }, environment)
  t.teardown(service.stop)
  return { ...service, clock, timers }
}

/** Resolves once so many requests wait. */
export const untilWaiting = async (service: TestService, number: number) => {
  while ((await metricsOf(service)).get(GAUGE) !== number) await setImmediate()
}

/** What a test sends, by somebody who would wait for so long. */
export const preferring = (seconds: number, more: Sent = {}): Sent => ({
  ...more,
  headers: { Prefer: `wait=${seconds}`, ...more.headers },
})

/** An order with a payment under way of which the gateway has no answer yet. */
export const pending = async (service: TestService, paymentMethod = 'fake_ack_lost') => {
  const orderId = await place(service, await sell(service, 10))
  const { body } = await service.ask('POST', '/payment', { orderId, paymentMethod })
  return { orderId, paymentId: String(body.id) }
}

/** An order whose only payment was declined. */
export const declined = async (service: TestService) => {
  const orderId = await place(service, await sell(service, 10))
  await service.ask('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
  return orderId
}

/** What an answer says that was applied. */
export const appliedOf = ({ headers }: Answer) => headers.get('preference-applied')

/** Status, state and what was applied, of each answer. */
export const statesOf = (answers: readonly Answer[]) =>
  answers.map((answer) => [answer.status, answer.body.state, appliedOf(answer)])
