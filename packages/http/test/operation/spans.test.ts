import { setImmediate } from 'node:timers/promises'
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import test from 'ava'
import { place, sell, startLoggedService } from '../support.ts'

/** What somebody would do who wants spans: register an SDK. Holdfast itself has only the API. */
const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
)

const api = await startLoggedService()
const { ask, logged } = api
const mug = await sell(api, 10)

const spansOf = async (traceId: string): Promise<readonly ReadableSpan[]> => {
  const ours = () => exporter.getFinishedSpans().filter((s) => s.spanContext().traceId === traceId)
  while (!ours().some((span) => span.attributes['http.request.method'])) await setImmediate()
  return ours()
}

/** The spans below one, oldest first: a name, or a name with those below it. */
const children = (spans: readonly ReadableSpan[], parent: string | undefined): unknown[] =>
  spans
    .filter((span) => span.parentSpanContext?.spanId === parent)
    .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .map((span) => {
      const below = children(spans, span.spanContext().spanId)
      return below.length > 0 ? [span.name, ...below] : span.name
    })

const PARENT = 'b7ad6b7169203331'
let traces = 0

/** A request in a trace of its own. */
const traced = async (...[method, path, body]: Parameters<typeof ask>) => {
  traces += 1
  const traceId = traces.toString(16).padStart(32, 'a')
  const headers = { traceparent: `00-${traceId}-${PARENT}-01` }
  const answer = await ask(method, path, body, { headers })
  const spans = await spansOf(traceId)
  return { answer, spans, tree: children(spans, PARENT), traceId }
}

test.serial(
  'A payment is one trace: the request, its use case, both transactions and the charge between them.',
  async (t) => {
    const orderId = await place(api, mug)
    const { answer, tree, spans, traceId } = await traced('POST', '/payment', { orderId })
    t.is(answer.status, 201)
    const steps = ['store.transaction', 'gateway.charge', 'store.transaction']
    t.deepEqual(tree, [['POST /payment', ['payOrder', ...steps]]])
    const request = spans.find(({ name }) => name === 'POST /payment')
    t.like(request?.attributes, { 'http.route': '/payment', 'http.response.status_code': 201 })
    const line = await logged(answer.headers.get('x-request-id'))
    t.is(line['traceId'], traceId)
  },
)

test.serial('A refusal is told by its code and is no failure.', async (t) => {
  const { tree, spans } = await traced('GET', '/order/ord_none')
  t.deepEqual(tree, [['GET /order/{id}', ['getOrder', 'store.findOrder']]])
  const useCase = spans.find(({ name }) => name === 'getOrder')
  t.is(useCase?.attributes['holdfast.refusal'], 'order_not_found')
  t.is(useCase?.status.code, SpanStatusCode.UNSET)
})

test.serial('What does not reach a use case is a trace of the request alone.', async (t) => {
  const { tree } = await traced('GET', '/nowhere')
  t.deepEqual(tree, ['GET'])
})

test.serial('No span holds what the request or its answer said.', async (t) => {
  const orderId = await place(api, mug, 2)
  const { spans } = await traced('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
  const held = JSON.stringify(
    spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  )
  t.notRegex(held, /ann|fake_|ord_|1299/)
})

test.after.always(api.stop)
