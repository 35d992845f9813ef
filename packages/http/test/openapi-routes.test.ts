import type { createUseCases } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import type { Router } from '@koa/router'
import test from 'ava'
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { createLoad } from '../src/defence/load.ts'
import { operations } from '../src/openapi/document.ts'
import { createMetrics } from '../src/operation/metrics.ts'
import { realTimers } from '../src/waiting-room.ts'
import { exhausted } from './examples/faults.ts'

type Layer = Pick<Router['stack'][number], 'methods' | 'path'>

/** Every route of the application, as the document writes it; HEAD goes with GET. */
const routesOf = (layers: readonly Layer[]): readonly string[] =>
  layers
    .flatMap(({ methods, path }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${String(path).replaceAll(/:(\w+)/g, '{$1}')}`),
    )
    .sort()

const layersOf = (app: ReturnType<typeof createApp>): readonly Layer[] =>
  app.middleware.flatMap((middleware) =>
    'router' in middleware ? (middleware.router as Router).stack : [],
  )

test('The document describes every route that there is, and no other.', (t) => {
  const store = createMemoryStore()
  const app = createApp({
    useCases: {} as ReturnType<typeof createUseCases>,
    store,
    log: pino({ level: 'silent' }),
    auth: { kind: 'local' },
    corsOrigins: [],
    clock: { now: Date.now },
    gatewaySecret: undefined,
    keys: undefined,
    gateway: { isAvailable: () => true },
    writing: { notSince: () => undefined },
    metrics: createMetrics(5000),
    trustedProxies: 0,
    rateLimits: exhausted,
    load: createLoad(),
    room: { enter: () => undefined, ended: () => undefined, close: () => undefined },
    timers: realTimers,
  })
  const routes = routesOf(layersOf(app))
  t.true(routes.length >= 20)
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  t.deepEqual(routes, described.toSorted())
})
