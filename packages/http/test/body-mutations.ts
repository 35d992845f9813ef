import fc from 'fast-check'

/** One way to spoil a valid body. `where` picks the place, `raw` is JSON, or nearly, as it is written. */
type Mutation = Readonly<{
  kind: 'none' | 'replace' | 'drop' | 'add' | 'double' | 'insertText' | 'cutText'
  where: number
  raw: string
}>

type Path = readonly (string | number)[]

const NASTY = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e309',
  '9007199254740993',
  '1000001',
  '"1"',
  'null',
  '[]',
  '{}',
  '""',
]

/** Any JSON text, short or long, or one of the values that programs stumble over. */
const rawJson = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.json({ maxDepth: 3 }),
  fc.integer().map(String),
)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('none', 'replace', 'drop', 'add', 'double', 'insertText', 'cutText'),
  where: fc.nat(10_000),
  raw: rawJson,
})

/** Turns a valid body into a text to send: the body itself, a spoiled one, or JSON that has nothing to do with it. */
export const bodyTexts: fc.Arbitrary<(valid: object) => string> = fc.oneof(
  { weight: 1, arbitrary: fc.json().map((text) => () => text) },
  { weight: 4, arbitrary: mutation.map((each) => (valid: object) => mutate(valid, each)) },
)

const HERE = '@here@'

const mutate = (valid: object, { kind, where, raw }: Mutation): string => {
  const text = JSON.stringify(valid)
  const paths = pathsOf(valid)
  const path = paths[where % paths.length] ?? []
  const at = where % text.length
  if (kind === 'none') return text
  if (kind === 'insertText') return text.slice(0, at) + raw + text.slice(at)
  if (kind === 'cutText') return text.slice(0, at) + text.slice(at + 1)
  const copy = structuredClone(valid)
  const parent = parentOf(copy, path)
  const name = path.at(-1) ?? ''
  if (kind === 'add') parent[Array.isArray(parent) ? parent.length : 'extra'] = HERE
  if (kind === 'replace') parent[name] = HERE
  if (kind === 'double') parent[Array.isArray(parent) ? parent.length : `${name}2`] = parent[name]
  if (kind === 'drop' && Array.isArray(parent)) parent.splice(Number(name), 1)
  else if (kind === 'drop') delete parent[name]
  return JSON.stringify(copy).replace(`"${HERE}"`, () => raw)
}

/** The way to every value within. */
const pathsOf = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => {
        const inside = [...path, name]
        return [inside, ...pathsOf(inner, inside)]
      })
    : []

// biome-ignore lint/suspicious/noExplicitAny: a body of any shape.
const parentOf = (value: any, path: Path): any =>
  // biome-ignore lint/suspicious/noExplicitAny: a body of any shape.
  path.slice(0, -1).reduce((inner: any, name) => inner[name], value)
