import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import test from 'ava'
import { problemKinds } from '../src/problems.ts'
import { type Contract, contract, type DescribedOperation, validatorOf } from './contract.ts'
import { startOneService } from './one-service.ts'

const api = await startOneService()
const served = await api.ask('GET', '/openapi.json', undefined, { user: '' })

/** What the linter says about our document and we mean: nobody is sent elsewhere by accident. */
const meant = [
  'operation-2xx-response #/paths/~1/get/responses', // It sends the reader to the reference.
  // No operation can have these: they answer what is none.
  'no-unused-components #/components/responses/MalformedTarget',
  'no-unused-components #/components/responses/HostNotAllowed',
  'no-unused-components #/components/responses/NotFound',
  'no-unused-components #/components/responses/MethodNotAllowed',
  'no-unused-components #/components/responses/RateLimited',
  'no-unused-components #/components/responses/Overloaded',
]

const lint = async (document: unknown): Promise<readonly string[]> => {
  const config = await createConfig({ extends: ['recommended-strict'] })
  const found = await lintFromString({ source: JSON.stringify(document), config })
  return found.map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer}`)
}

const operations: readonly (readonly [title: string, operation: DescribedOperation])[] =
  Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  )

test('GET /openapi.json serves the document, an OpenAPI 3.1 one, as JSON.', (t) => {
  t.is(served.status, 200)
  t.is(served.headers.get('content-type'), 'application/json; charset=utf-8')
  t.deepEqual(served.body, contract)
  t.regex(served.body.openapi, /^3\.1\.\d+$/)
})

test('The document passes a validator.', async (t) => {
  t.deepEqual(await new Validator().validate(served.body), { valid: true })
  const { valid } = await new Validator().validate({ ...served.body, paths: [] })
  t.false(valid, 'the validator notices what is wrong')
})

test('The document passes a linter at its strictest, but for what we mean.', async (t) => {
  t.deepEqual(await lint(served.body), meant)
  const nameless = structuredClone(served.body)
  delete nameless.paths['/order'].post.operationId
  t.deepEqual(await lint(nameless), [
    'operation-operationId #/paths/~1order/post/operationId',
    ...meant,
  ])
})

test('Every answer that is data has an example.', (t) => {
  const lacking = operations.flatMap(([title, { responses }]) =>
    Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content)
        .filter(
          ([type, { examples = {} }]) => /json/.test(type) && Object.keys(examples).length === 0,
        )
        .map(([type]) => `${title} ${status} ${type}`),
    ),
  )
  // The document cannot hold itself.
  t.deepEqual(lacking, ['GET /openapi.json 200 application/json'])
})

test('Every problem of an answer has an example there.', (t) => {
  let seen = 0
  for (const [title, { responses }] of operations) {
    for (const [status, { content }] of Object.entries(responses)) {
      const { schema, examples = {} } = content?.['application/problem+json'] ?? {}
      const codes = JSON.stringify(schema ?? '').match(/\w+(?=Problem"\}?[,\]}])/g) ?? []
      const shown = Object.values(examples).map((example) => codeOf(contract, example))
      for (const code of new Set(codes)) {
        t.true(shown.includes(code), `${title} ${status} ${code}`)
        seen += 1
      }
    }
  }
  t.true(seen > 100)
})

const codeOf = ({ components }: Contract, example: unknown): string => {
  const { $ref, value } = example as { $ref?: string; value?: { code: string } }
  const found = $ref
    ? (components.examples[$ref.split('/').at(-1) ?? ''] as { value: { code: string } }).value
    : value
  return (found?.code ?? '').replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())
}

test('Every problem of the catalogue is in the document.', (t) => {
  const text = JSON.stringify(contract)
  for (const code of Object.keys(problemKinds)) t.true(text.includes(`"const":"${code}"`), code)
})

test('Every body that is shown for a request is one that its schema allows.', (t) => {
  const faultOf = validatorOf(contract, false)
  let seen = 0
  for (const [title, { requestBody }] of operations) {
    const { schema, examples = {} } = requestBody?.content['application/json'] ?? {}
    for (const [name, { value }] of Object.entries(examples)) {
      t.is(faultOf(schema ?? {}, value), undefined, `${title} ${name}`)
      seen += 1
    }
  }
  t.true(seen > 10)
})

test.after.always(api.stop)
