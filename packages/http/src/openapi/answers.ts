import { z } from 'zod'
import type {
  ZodOpenApiMediaTypeObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { problemSchemas } from '../problem-schemas.ts'
import { type ProblemCode, problemKinds } from '../problems.ts'
import { exampleObject, examples, sharedExamples } from './examples.ts'
import { type HeaderName, headersOf } from './headers.ts'
import { type Answer, type Operation, type Problems, takesKey } from './operation.ts'

/** Every answer of an operation, by status. */
export const answersOf = (operation: Operation): ZodOpenApiResponsesObject => {
  const problems = problemsOf(operation)
  const codes = Object.keys(problems) as ProblemCode[]
  const byStatus = Map.groupBy(codes, (code) => problemKinds[code].status)
  return {
    ...Object.fromEntries(
      Object.entries(operation.answers).map(([status, answer]) => [
        status,
        successful(operation, Number(status), answer),
      ]),
    ),
    ...Object.fromEntries(
      [...byStatus].map(([status, same]) => [
        String(status),
        refused(operation, status, same, problems),
      ]),
    ),
  }
}

/** The answers to what no operation describes: a path or a method that is not there, and targets that cannot be. */
export const answersElsewhere = (): Record<string, ZodOpenApiResponseObject> => {
  const refusal = (code: ProblemCode, headers: readonly HeaderName[] = []) =>
    refused(nowhere, problemKinds[code].status, [code], { [code]: headers })
  return {
    MalformedTarget: refusal('malformed_request'),
    HostNotAllowed: refusal('host_not_allowed'),
    NotFound: refusal('not_found'),
    MethodNotAllowed: refusal('method_not_allowed', ['Allow']),
    RateLimited: refusal('rate_limited'),
    Overloaded: refusal('overloaded'),
  }
}

const nowhere = { id: '', method: 'get', access: 'anybody' } as const

/** The problems of an operation: those that come with what it is, and its own. */
const problemsOf = ({ access, body, query, problems }: Operation): Problems => ({
  malformed_request: [],
  host_not_allowed: [],
  ...((body || query) && { invalid_request: [] }),
  ...(body && { body_too_large: [], unsupported_media_type: [] }),
  ...(access !== 'probe' && { rate_limited: [], overloaded: [] }),
  ...(access !== 'probe' && access !== 'anybody' && { internal_error: [], store_unavailable: [] }),
  ...((access === 'user' || access === 'admin') && {
    unauthenticated: ['WWW-Authenticate'],
    keys_unavailable: [],
  }),
  ...(access === 'admin' && { forbidden: [] }),
  ...problems,
})

const behaviourOf = (operation: Pick<Operation, 'access' | 'body' | 'honoursWait'>) => ({
  writes: takesKey(operation),
  waits: operation.honoursWait ?? false,
})

const successful = (
  operation: Operation,
  status: number,
  { what, schema, type = schema && 'application/json', headers = [] }: Answer,
): ZodOpenApiResponseObject => {
  const shown = ownExamples(operation, status)
  return {
    description: what,
    headers: headersOf(status, headers, headers, behaviourOf(operation)),
    ...(type
      ? { content: { [type]: { schema: schema ?? { type: 'string' }, examples: shown } } }
      : { 'x-examples': shown }), // OpenAPI has no place for an example without a body.
  }
}

const refused = (
  operation: Pick<Operation, 'id' | 'method' | 'access' | 'body' | 'honoursWait'>,
  status: number,
  codes: readonly ProblemCode[],
  problems: Problems,
): ZodOpenApiResponseObject => {
  const sent = codes.map((code) => problems[code] ?? [])
  const some = [...new Set(sent.flat())]
  const always = some.filter((name) => sent.every((names) => names.includes(name)))
  const own = ownExamples(operation, status)
  const shown = Object.values(own).map(({ value }) => (value as { code: string }).code)
  const shared = codes.filter((code) => !shown.includes(code))
  return {
    description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
    headers: headersOf(status, some, always, behaviourOf(operation)),
    content: {
      'application/problem+json': {
        schema: oneOf(codes),
        examples: {
          ...own,
          ...Object.assign({}, ...shared.map((code) => sharedExamples(code, operation.method))),
        },
      },
    },
  }
}

const oneOf = (codes: readonly ProblemCode[]): z.ZodType => {
  const [first, second, ...rest] = codes.map((code) => problemSchemas[code])
  if (!first) throw new Error('A status without a problem')
  return second ? z.discriminatedUnion('code', [first, second, ...rest]) : first
}

const ownExamples = ({ id }: Pick<Operation, 'id'>, status: number): Examples =>
  Object.fromEntries(
    examples
      .filter(({ of, answer }) => of.operation === id && answer.status === status)
      .map((example) => [example.name, exampleObject(example)]),
  )

type Examples = Record<string, ReturnType<typeof exampleObject>> &
  NonNullable<ZodOpenApiMediaTypeObject['examples']>
