import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import test from 'ava'
import { context, trace } from 'opentelemetry-api-1.10'
import { startLoggedService } from '../support.ts'

// An SDK brings an API of its own, and hears no other that is newer than that: ours must be the older one.
const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
)

test('An SDK with a newer API than ours gets our spans.', async (t) => {
  const api = await startLoggedService()
  t.teardown(api.stop)
  const { headers } = await api.ask('GET', '/product')
  const { traceId } = await api.logged(headers.get('x-request-id'))
  const spans = exporter.getFinishedSpans().filter((s) => s.spanContext().traceId === traceId)
  t.deepEqual(spans.map(({ name }) => name).sort(), [
    'GET /product',
    'listProducts',
    'store.listProducts',
  ])
})
