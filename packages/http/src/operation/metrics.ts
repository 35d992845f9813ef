import type { RetryReason } from '@holdfast/adapters'
import type { PaymentGateway } from '@holdfast/domain'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { problemKinds } from '../problems.ts'
import { UNREADABLE_STATUSES } from '../server.ts'

/** From a fast read to the time after which clients give up, in seconds. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** With the two seconds after which an operation that waits for its turn fails. */
const STORE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5]
const GATEWAY_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** The timeout is the last edge, so that what lies beyond it are the calls that ran into it, and nothing else. */
const gatewaySeconds = (timeoutMs: number): number[] => {
  const timeout = timeoutMs / 1000
  return [...GATEWAY_SECONDS.filter((edge) => edge < timeout), timeout]
}

/** How an attempt to pay ends. Gateways have many words for a decline: they are one outcome. */
export const PAYMENT_OUTCOMES = ['captured', 'declined', 'superseded', 'acknowledgement_timeout']

const RETRY_REASONS: readonly RetryReason[] = ['conflict', 'connection', 'busy']
const GATEWAY_CALLS: readonly (keyof PaymentGateway)[] = ['charge', 'lookup', 'void', 'refund']

/**
 * What the service counts and times, in the Prometheus format. Labels have few values, all of them our own words: patterns
 * of routes, states, codes. No user, order or payment is named. The timeout is that of calls of the gateway.
 */
export const createMetrics = (gatewayTimeoutMs: number) => {
  const registers = [new Registry()]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    buckets: number[],
  ) => new Histogram({ name, help, labelNames, buckets, registers })

  const metrics = {
    registers,
    httpRequests: counter(
      'holdfast_http_requests_total',
      'Requests that were answered. Status 499: the client left before.',
      ['route', 'method', 'status'],
    ),
    httpSeconds: histogram(
      'holdfast_http_request_duration_seconds',
      'From the first line of a request to the last byte of its answer, without what it waited by Prefer: wait.',
      ['route', 'method'],
      REQUEST_SECONDS,
    ),
    problems: counter('holdfast_http_problems_total', 'Answers with a problem, by code.', ['code']),
    unreadable: counter(
      'holdfast_http_unreadable_requests_total',
      'Bytes that are no HTTP request, and requests that came too slowly.',
      ['status'],
    ),
    transitions: counter(
      'holdfast_order_transitions_total',
      'Moves and edits of orders that this process has written.',
      ['from', 'action', 'to'],
    ),
    attempts: counter(
      'holdfast_payment_attempts_total',
      'Attempts to pay that this process has begun.',
    ),
    payments: counter(
      'holdfast_payments_total',
      'Attempts to pay that this process has concluded, whoever began them.',
      ['outcome'],
    ),
    gatewaySeconds: histogram(
      'holdfast_gateway_call_duration_seconds',
      'Calls of the payment gateway. Outcome unknown: no usable answer.',
      ['call', 'outcome'],
      gatewaySeconds(gatewayTimeoutMs),
    ),
    foreignAnswers: counter(
      'holdfast_gateway_foreign_answers_total',
      'Answers of another gateway than the one that the database is bound to. None is believed.',
    ),
    storeSeconds: histogram(
      'holdfast_store_operation_duration_seconds',
      'Operations of the store, waiting and retries included.',
      ['operation'],
      STORE_SECONDS,
    ),
    storeUnavailable: counter(
      'holdfast_store_unavailable_total',
      'Operations that failed because the database was out of reach, full or too busy.',
    ),
    storeRetries: counter(
      'holdfast_store_retries_total',
      'Transactions that had to begin again, or to wait for another process.',
      ['reason'],
    ),
  }
  // A count that begins with its first event has no increase then, and no alert would see it.
  for (const code of Object.keys(problemKinds)) metrics.problems.inc({ code }, 0)
  for (const outcome of PAYMENT_OUTCOMES) metrics.payments.inc({ outcome }, 0)
  for (const status of UNREADABLE_STATUSES) metrics.unreadable.inc({ status: String(status) }, 0)
  for (const reason of RETRY_REASONS) metrics.storeRetries.inc({ reason }, 0)
  for (const call of GATEWAY_CALLS) metrics.gatewaySeconds.zero({ call, outcome: 'unknown' })
  return metrics
}

/** The instruments of one service. */
export type Metrics = ReturnType<typeof createMetrics>

let ofProcess: Registry | undefined

/** All metrics as text: those of the service, and those of the process (memory, event loop, garbage), made once. */
export const writeMetrics = async ({
  registers,
}: Metrics): Promise<{ type: string; text: string }> => {
  if (!ofProcess) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  const all = Registry.merge([...registers, ofProcess])
  return { type: all.contentType, text: await all.metrics() }
}
