import test from 'ava'
import type { ExampleRequest } from '../src/openapi/examples.ts'
import { contract } from './contract.ts'
import { drafts } from './examples/drafts.ts'
import { answerIn } from './examples/replay.ts'
import type { Given } from './examples/worlds.ts'

/** An example as the document shows it. */
type Shown = Readonly<{
  description: string
  value: unknown
  'x-request': ExampleRequest
  'x-headers': Readonly<Record<string, string>>
}>

/** Every place in the document that shows an example of an answer, and the status that it shows it for. */
const places = Object.entries(contract.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { responses }]) =>
    Object.entries(responses).flatMap(([status, { content = {}, 'x-examples': bare = {} }]) =>
      [{ examples: bare }, ...Object.values(content)].flatMap(({ examples = {} }) =>
        Object.entries(examples).map(([name, example]) => ({
          title: `${method.toUpperCase()} ${path} ${status} ${name}`,
          status: Number(status),
          example: example as Shown | Readonly<{ $ref: string }>,
        })),
      ),
    ),
  ),
)

const shared = Object.entries(contract.components.examples).map(([title, example]) => {
  const shown = example as Shown & { value: { status: number } }
  return { title, status: shown.value.status, example: shown }
})

const own = places.flatMap(({ example, ...place }) =>
  '$ref' in example ? [] : [{ ...place, example }],
)

for (const { title, status, example } of [...own, ...shared]) {
  // Each has a service of its own; a hundred at once would keep each other waiting.
  test.serial(`The example ${title} gets the answer that it shows, byte for byte.`, async (t) => {
    const given = example.description.replace(/^Given: /, '') as Given
    let answer = await answerIn(given, example['x-request'])
    // Time jumps while a world is made: to a write that proves readiness and is under way just then, it has hung.
    const isEarly = () => status === 200 && answer.status === 503
    for (let tries = 0; isEarly() && tries < 20; tries += 1) {
      answer = await answerIn(given, example['x-request'])
    }
    t.is(answer.status, status)
    t.is(answer.text, example.value === undefined ? '' : JSON.stringify(example.value))
    t.deepEqual(answer.headers, example['x-headers'])
  })
}

test('An example that operations share stands where its status stands.', (t) => {
  for (const { title, status, example } of places) {
    if (!('$ref' in example)) continue
    const found = shared.find(({ title: name }) => example.$ref === `#/components/examples/${name}`)
    t.is(found?.status, status, title)
  }
})

test('The document shows every example that was drafted, in the state of things that was meant.', (t) => {
  const shown = [...own, ...shared].map(({ example }) => [
    example.description.replace(/^Given: /, ''),
    example['x-request'],
  ])
  t.is(shown.length, drafts.length)
  for (const { given, request } of drafts) t.true(includes(shown, [given, request]), given)
})

const includes = (list: readonly unknown[], item: unknown): boolean =>
  list.some((each) => JSON.stringify(each) === JSON.stringify(item))
