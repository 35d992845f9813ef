import type { Example, ExampleRequest } from '../../src/openapi/examples.ts'
import type { Given } from './worlds.ts'

/** An example to which the answer is still to be recorded. */
export type Draft = Omit<Example, 'answer' | 'given'> & Readonly<{ given: Given }>

/** What is still to be said of an example of an operation: its name, its summary, the state of things, the request. */
export type Line = readonly [name: string, summary: string, given: Given, request: ExampleRequest]

/** The examples of one operation. */
export const draftsOf = (operation: string, lines: readonly Line[]): readonly Draft[] =>
  lines.map(([name, summary, given, request]) => ({
    of: { operation },
    name,
    summary,
    given,
    request,
  }))

/** A request that reads, as ann. */
export const get = (path: string): ExampleRequest => ({
  method: 'GET',
  path,
  headers: { 'X-User-Id': 'ann' },
})

/** A request that writes, as ann. */
export const write = (
  method: 'POST' | 'PUT',
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): ExampleRequest => ({
  method,
  path,
  headers: {
    'X-User-Id': 'ann',
    ...(body && { 'Content-Type': 'application/json' }),
    ...headers,
  },
  ...(body && { body }),
})

/** The body of an order or of its edit: quantities by product. */
export const lines = (quantities: Readonly<Record<string, number>>) => ({
  lines: Object.entries(quantities).map(([productId, quantity]) => ({ productId, quantity })),
})
