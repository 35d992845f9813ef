import type { ProblemCode } from '../problems.ts'
import recorded from './examples.json' with { type: 'json' }

/** A request as it is sent. A body that is text is sent as it stands, any other as JSON. */
export type ExampleRequest = Readonly<{
  method: string
  path: string
  headers: Readonly<Record<string, string>>
  body?: unknown
}>

/** A request, the state of things that it is sent in, and the answer that it got. */
export type Example = Readonly<{
  /** The operation that it belongs to, or the problem that it shows for all operations. */
  of: Readonly<{ operation?: string; problem?: ProblemCode }>
  name: string
  summary: string
  /** The state of things, in a sentence. */
  given: string
  request: ExampleRequest
  answer: Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: unknown }>
}>

/** Every example. They were recorded from the service itself, and a test gets the same answers again. */
export const examples = recorded as unknown as readonly Example[]

/** An example as OpenAPI has it. What it does not have room for is under names of our own. */
export const exampleObject = ({ summary, given, request, answer }: Example) => ({
  summary,
  description: `Given: ${given}`,
  value: answer.body,
  'x-request': request,
  'x-headers': answer.headers,
})

/** The name under which the document keeps an example that operations share. */
const sharedName = ({ of, name }: Example): string => `${of.problem}.${name}`

/** The examples that operations share, for the document’s components. */
export const sharedComponents = () =>
  Object.fromEntries(
    examples
      .filter(({ of }) => of.problem !== undefined)
      .map((example) => [sharedName(example), exampleObject(example)]),
  )

/** References to the shared examples of a problem: those that read for a `get`, those that write for the rest. */
export const sharedExamples = (problem: ProblemCode, method: string) => {
  const all = examples.filter(({ of }) => of.problem === problem)
  const alike = all.filter(({ request }) => (request.method === 'GET') === (method === 'get'))
  return Object.fromEntries(
    (alike.length > 0 ? alike : all).map((example) => [
      example.name,
      { $ref: `#/components/examples/${sharedName(example)}` },
    ]),
  )
}
