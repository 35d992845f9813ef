import test from 'ava'
import { contract } from './contract.ts'
import { answerCheck, checkAnswer } from './contract-check.ts'
import { lines, sell, startOneService } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 10)
const asked = { method: 'POST', path: '/order' }
const answer = await api.ask(asked.method, asked.path, lines(mug))

/** The document without one of its parts. */
const without = (cut: (document: typeof contract) => void) => {
  const document = structuredClone(contract)
  cut(document)
  return answerCheck(document)
}

// biome-ignore lint/suspicious/noExplicitAny: parts of the document are cut out.
const placing = (document: typeof contract): any => document.paths['/order']?.['post']
// biome-ignore lint/suspicious/noExplicitAny: parts of the document are cut out.
const schemas = (document: typeof contract): any => document.components.schemas

test('An answer that is what the document says passes the check of every answer in these tests.', (t) => {
  t.is(answer.status, 201)
  t.notThrows(() => checkAnswer(asked, answer))
})

const cuts: readonly (readonly [what: string, cut: (document: typeof contract) => void, RegExp])[] =
  [
    [
      'route',
      (document) => delete (document.paths as Record<string, unknown>)['/order'],
      /not documented/,
    ],
    ['status', (document) => delete placing(document).responses[201], /not documented/],
    ['header', (document) => delete placing(document).responses[201].headers.ETag, /header etag/],
    [
      'field',
      (document) => delete schemas(document).Order.properties.version,
      /additional properties/,
    ],
    [
      'field, deep inside,',
      (document) => delete schemas(document).Money.properties.currency,
      /additional properties/,
    ],
    [
      'content type',
      (document) => {
        placing(document).responses[201].content = {}
      },
      /has the type application\/json/,
    ],
  ]

for (const [what, cut, why] of cuts) {
  test(`A ${what} that the document does not have is noticed in any answer of these tests.`, (t) => {
    t.throws(() => without(cut)(asked, answer), { message: why })
  })
}

test('A field or a header that the document promises and the answer lacks is noticed.', (t) => {
  const { total: _total, ...body } = answer.body
  t.throws(() => checkAnswer(asked, { ...answer, body }), { message: /required property 'total'/ })
  const headers = new Headers(answer.headers)
  headers.delete('location')
  t.throws(() => checkAnswer(asked, { ...answer, headers }), {
    message: /lacks the header Location/,
  })
})

test('A path that nothing has may answer 404 and nothing else.', (t) => {
  t.throws(() => checkAnswer({ method: 'GET', path: '/orders' }, answer), {
    message: /not documented/,
  })
})

test.after.always(api.stop)
