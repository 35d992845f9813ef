import test from 'ava'
import { contract } from './contract.ts'
import { everyWrite } from './every-write.ts'
import { sell, startOneService } from './support.ts'

const api = await startOneService()
const writes = await everyWrite(api)
const products = await Promise.all(Array.from({ length: 101 }, () => sell(api, 5)))

type Schema = Readonly<{
  $ref?: string
  type?: string
  properties?: Readonly<Record<string, Schema>>
  items?: Schema
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}>

/** Values at the edge of what the document allows for a field, and beyond it. */
type Probe = Readonly<{
  path: readonly (string | number)[]
  allowed: unknown[]
  refused: unknown[]
}>

/** What each pattern allows at its edges, and what it does not. A new pattern needs its own. */
const patterns: Readonly<Record<string, readonly [allowed: string[], refused: string[]]>> = {
  '^[A-Z]{3}$': [['USD'], ['usd', 'EU', 'EURO', '']],
  '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$': [
    ['7', 'a._-', 'a'.repeat(64)],
    ['a'.repeat(65), '.a', 'ä', ''],
  ],
  '^[\\w-]{1,64}$': [
    ['a-_7', 'a'.repeat(64)],
    ['a'.repeat(65), 'ä', 'a b', ''],
  ],
  '^[\\x21-\\x7e]{1,64}$': [
    ['!', '~'.repeat(64)],
    ['', 'x'.repeat(65), 'a b', 'ä'],
  ],
  '\\S': [['a'], [' ', '\n']],
}

/** Whole numbers are compared, not checked, in what a customer expects to pay; and a difference depends on what it changes. */
const untested = ['/expectedTotal/amountMinor', '/expectedTotal/currency', '/quantityDelta']

const text = (length: number) => 'x'.repeat(length)
const lines = (count: number) =>
  products.slice(0, count).map((productId) => ({ productId, quantity: 1 }))

const probesOf = (given: Schema, path: Probe['path'] = []): readonly Probe[] => {
  const schema = given.$ref ? named(given.$ref) : given
  const { properties = {}, items, pattern, minimum, maximum, minLength, maxLength } = schema
  const [fits = [], fails = []] = pattern ? (patterns[pattern] ?? unknownPattern(pattern)) : []
  const allowed: unknown[] = [...fits]
  const refused: unknown[] = [...fails]
  if (minimum !== undefined) allowed.push(minimum) && refused.push(minimum - 1)
  if (maximum !== undefined) allowed.push(maximum) && refused.push(maximum + 1)
  if (minLength !== undefined) allowed.push(text(minLength)) && refused.push(text(minLength - 1))
  if (maxLength !== undefined) allowed.push(text(maxLength)) && refused.push(text(maxLength + 1))
  if (schema.minItems) allowed.push(lines(schema.minItems)) && refused.push(lines(0))
  if (schema.maxItems) allowed.push(lines(100)) && refused.push(lines(schema.maxItems + 1))
  return [
    ...(allowed.length > 0 ? [{ path, allowed, refused }] : []),
    ...(items ? probesOf(items, [...path, 0]) : []),
    ...Object.entries(properties).flatMap(([name, inner]) => probesOf(inner, [...path, name])),
  ]
}

const named = (ref: string) => contract.components.schemas[ref.split('/').at(-1) ?? ''] as Schema

const unknownPattern = (pattern: string): never => {
  throw new Error(`No values to try for the pattern ${pattern}`)
}

/** A copy of a body with one value in it set, and what stands around it made where it is missing. */
const withValue = (body: object, [name, ...rest]: Probe['path'], value: unknown): object => {
  const copy = structuredClone(body) as Record<string | number, object>
  const made =
    typeof name === 'string' && rest[0] === 0 ? lines(1) : { amountMinor: 1, currency: 'EUR' }
  const inner = copy[name ?? ''] ?? made
  copy[name ?? ''] = rest.length > 0 ? withValue(inner, rest, value) : (value as object)
  return copy
}

for (const { method, path, body } of writes) {
  const template = path.replace(/\/(ord|prod)_\w+$/, '/{id}')
  const operation = contract.paths[template]?.[method.toLowerCase()]
  const probes = probesOf(operation?.requestBody?.content['application/json']?.schema ?? {})
  for (const probe of probes.filter((each) => !untested.includes(pointerOf(each)))) {
    const at = pointerOf(probe)
    test(`What the document says of ${at} in ${method} ${template} is where the service draws the line.`, async (t) => {
      for (const value of probe.refused) {
        const { status, body: answer } = await send(withValue(body, probe.path, value))
        t.is(status, 422, JSON.stringify(value))
        t.is(answer.errors?.[0]?.pointer, at, answer.detail)
      }
      for (const value of probe.allowed) {
        const { body: answer } = await send(withValue(body, probe.path, value))
        const faults = (answer.code === 'invalid_request' && answer.errors) || []
        t.deepEqual(faults, [], JSON.stringify(value))
      }
    })
  }
  const send = (sent: object) => api.ask(method, path, sent, { admin: true })
}

function pointerOf({ path }: Probe): string {
  return path.map((part) => `/${part}`).join('')
}

test.after.always(api.stop)
