/** As much of a schema as is looked at here. */
type Schema = Readonly<{
  $ref?: string
  description?: string
  enum?: readonly unknown[]
  properties?: Readonly<Record<string, Schema>>
  items?: Schema
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  allOf?: readonly Schema[]
}>

/** As much of a document. */
type Document = Readonly<{
  components?: Readonly<{ schemas?: object | undefined }> | undefined
  paths?: object | undefined
}>

type Content = Readonly<Record<string, Readonly<{ schema?: Schema }>>>
type Operation = Readonly<{ responses?: Readonly<Record<string, Readonly<{ content?: Content }>>> }>

/**
 * What of a document’s schemas nobody explains: each property without a sentence of its own, as `Order.total`, and each word of
 * an enumeration that its sentence does not name, as `Order.state: CREATED`. A property that refers to a named schema without
 * a sentence beside it lacks one: what an amount is does not say which amount it is. Nor is one its own that another property
 * of the same object has as well.
 */
export const lackingSentences = (document: Document): readonly string[] =>
  schemasOf(document).flatMap(([name, schema]) => lackingIn(name, schema))

/** The named schemas, and those that stand in an answer itself. */
const schemasOf = ({
  components,
  paths = {},
}: Document): readonly (readonly [string, Schema])[] => [
  ...(Object.entries(components?.schemas ?? {}) as [string, Schema][]),
  ...(Object.entries(paths) as [string, Readonly<Record<string, Operation>>][]).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses = {} }]) =>
        Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.values(content).map(
            ({ schema = {} }) => [`${method.toUpperCase()} ${path} ${status}`, schema] as const,
          ),
        ),
      ),
  ),
]

const lackingIn = (name: string, schema: Schema): readonly string[] => {
  const properties = Object.entries(schema.properties ?? {})
  const sentences = properties.map(([, { description }]) => description)
  const isOwn = (sentence: string | undefined) =>
    sentence !== undefined &&
    /^\S.*\.$/s.test(sentence) &&
    sentences.indexOf(sentence) === sentences.lastIndexOf(sentence)
  return [
    ...(schema.enum ?? [])
      .filter((word) => typeof word === 'string' && !schema.description?.includes(`\`${word}\``))
      .map((word) => `${name}: ${word}`),
    ...properties.flatMap(([property, inner]) => [
      ...(isOwn(inner.description) ? [] : [`${name}.${property}`]),
      ...lackingIn(`${name}.${property}`, inner),
    ]),
    ...partsOf(schema).flatMap((inner) => lackingIn(name, inner)),
  ]
}

const partsOf = ({ items, anyOf = [], oneOf = [], allOf = [] }: Schema): readonly Schema[] => [
  ...(items ? [items] : []),
  ...anyOf,
  ...oneOf,
  ...allOf,
]

/** The page of all fields: docs/fields.md. Problems have one table together, since they have the same fields. */
export const fieldsPage = (document: Document): string => {
  const named = schemasOf(document).filter(([name]) => /^[A-Z]\w+$/.test(name))
  const isProblem = (name: string) => name.endsWith('Problem')
  const problems = named
    .filter(([name]) => isProblem(name))
    .map(([, { properties = {} }]) => properties)
  const all: Schema = {
    description: 'What a refusal says.',
    properties: Object.assign({}, ...problems),
  }
  const sections = [...named.filter(([name]) => !isProblem(name)), ['Problem', all] as const]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, schema]) => sectionOf(name, schema))
  return `# All fields\n\nOf the objects that requests and answers are made of, as the OpenAPI document has them; headers, queries and probes are there. Made by \`npx -y pnpm@12 run examples\`.\n\n${sections.join('\n\n')}\n`
}

const sectionOf = (name: string, { description, properties = {} }: Schema): string => {
  const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const rows = Object.entries(properties).map(
    ([property, inner]) => `| \`${property}\` | ${cell(inner.description)} |`,
  )
  const table = rows.length > 0 ? ['| field | what it is |\n|---|---|', ...rows].join('\n') : ''
  return [`## ${name}`, cell(description), table].filter((part) => part !== '').join('\n\n')
}
