import type { Random } from './random.ts'

/** As much of JSON Schema as the OpenAPI document uses. */
export type Schema = Readonly<{
  $ref?: string
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  items?: Schema
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
}>

/** Text that goes into JSON as it stands, be it JSON or not. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** An object with fields that may come twice. */
type Fields = [name: string, value: unknown][]
class Spoilt {
  readonly fields: Fields
  constructor(fields: Fields) {
    this.fields = fields
  }
}

/** What no field wants, and some parsers take or choke on. */
const NASTY: readonly string[] = [
  ...['null', 'true', '""', '[]', '{}', '0', '-1', '1.5', '"1"', '1e309', '-1e309', '-0', '1e2'],
  ...['9007199254740993', '01', '+1', '.5', '0x10', 'NaN', 'Infinity', 'undefined', "'x'", '1_000'],
  ...['"\\ud800"', '"\\u0000"', '"\\u001b[31m"', '"\u0007"', '"\u202e"', '"\\x41"', '"unclosed'],
  ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}', '{"toJSON":1}', '[,]'],
  ...['"\' or 1=1 --"', '"%00%2e%2e"', '"\\r\\nX-Evil: 1"', `"${'x'.repeat(70_000)}"`],
  ...[`${'['.repeat(40)}${']'.repeat(40)}`, '['.repeat(30_000), `${'{"a":'.repeat(20)}1`],
]

/** Texts that a field might get from a client that means well. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  currency: ['EUR', 'EUR', 'EUR', 'JPY', 'XXX', 'eur', 'EURO'],
  paymentMethod: [
    'fake_approve',
    'fake_decline',
    'fake_ack_lost',
    'fake_timeout',
    'fake_slow',
    'x',
  ],
  sku: ['SKU-1', 'MUG', 'a b', '-', 'Ünï'],
}

const PREFIXES: Readonly<Record<string, string>> = {
  ...{ productId: 'prod', orderId: 'ord', idempotencyKey: 'pay' },
}

/** Makes JSON by a document's schemas: most of it as it should be, the rest with something wrong in it. */
export const openGrammar = (
  schemas: Readonly<Record<string, Schema>>,
  random: Random,
  knownIds: readonly string[],
) => {
  const make = (schema: Schema, name = ''): unknown => {
    if (schema.$ref) return make(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, name)
    if ('const' in schema) return schema.const
    if (schema.enum) return random.pick(schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return make(random.pick(choices), name)
    if (schema.type === 'object') return objectOf(schema)
    if (schema.type === 'array') return arrayOf(schema)
    if (schema.type === 'boolean') return random.chance(0.5)
    if (schema.type === 'integer' || schema.type === 'number') return numberOf(schema)
    return textOf(name)
  }
  const objectOf = ({ properties = {}, required = [] }: Schema): unknown => {
    const some = Object.entries(properties).filter(
      ([name]) => required.includes(name) || random.chance(0.5),
    )
    return new Spoilt(some.map(([name, schema]) => [name, make(schema, name)]))
  }
  const arrayOf = ({ items = {}, minItems = 0, maxItems = 5 }: Schema): unknown => {
    const few = random.whole(minItems, Math.min(minItems + 2, maxItems))
    const length = random.weighted({ few: 50, most: 1, tooMany: 1, none: 1 })
    const count = { few, most: maxItems, tooMany: maxItems + 1, none: 0 }[length]
    return Array.from({ length: count }, () => make(items))
  }
  const numberOf = ({ minimum = 0, maximum = 1e6 }: Schema): number => {
    const small = random.whole(minimum, Math.min(minimum + 4, maximum))
    return random.chance(0.9) ? small : random.pick([minimum, maximum, minimum - 1, maximum + 1])
  }
  const textOf = (name: string): string => {
    const words = WORDS[name]
    if (words) return random.pick(words)
    if (/[iI]d$|cursor|Key$/.test(name)) return idOf(PREFIXES[name])
    return random.pick(['Enamel mug', '', 'Tee, grün', 'x'.repeat(200), 'a\tb', '漢字 🫖'])
  }

  /** The same value with one thing wrong somewhere in it. */
  const spoil = (value: unknown): unknown => {
    if (value instanceof Spoilt && value.fields.length > 0 && random.chance(0.75)) {
      const at = random.whole(0, value.fields.length - 1)
      const fields: Fields = value.fields.map(([name, field], index) => [
        name,
        index === at ? spoil(field) : field,
      ])
      return new Spoilt(fields)
    }
    if (value instanceof Spoilt && random.chance(0.5)) {
      const name = random.pick(['userId', 'state', 'total', '__proto__', 'constructor', 'x', ''])
      const extra: Fields = [[name, new Raw(random.pick(NASTY))]]
      return new Spoilt(random.shuffle([...value.fields, ...extra, ...value.fields.slice(0, 1)]))
    }
    if (Array.isArray(value) && value.length > 0 && random.chance(0.75)) {
      return value.map((item, index) => (index === 0 ? spoil(item) : item))
    }
    return new Raw(random.pick(NASTY))
  }

  /** An id of this kind that is known, and now and then one of another kind. */
  const idOf = (prefix = ''): string => {
    const suitable = knownIds.filter((id) => id.startsWith(prefix))
    return random.pick(suitable.length > 0 && random.chance(0.95) ? suitable : knownIds)
  }

  return {
    idOf,
    /** A body for this schema, as text. */
    body: (schema: Schema): string => {
      const value = make(schema)
      return write(random.chance(0.4) ? spoil(value) : value)
    },
  }
}

const write = (value: unknown): string => {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (value instanceof Spoilt) {
    return `{${value.fields.map(([name, field]) => `${JSON.stringify(name)}:${write(field)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
