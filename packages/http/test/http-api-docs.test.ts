import { readFileSync } from 'node:fs'
import test from 'ava'
import { operations } from '../src/openapi/document.ts'
import { problemKinds } from '../src/problems.ts'

const page = readFileSync(new URL('../../../docs/http-api.md', import.meta.url), 'utf8')

/** The catalogue of problems as docs/http-api.md has it: a row for each, by status. */
const catalogue = [
  '| status | code | what it is | repeat it? |',
  '|---|---|---|---|',
  ...Object.entries(problemKinds)
    .sort(([a, { status: one }], [b, { status: other }]) => one - other || a.localeCompare(b))
    .map(([code, { status, title, retryable, sameKey }]) => {
      const repeat = retryable ? `later, with ${sameKey ? 'the same' : 'a new'} key` : 'no'
      return `| ${status} | \`${code}\` | ${title} | ${repeat} |`
    }),
].join('\n')

test('The catalogue of problems in docs/http-api.md is the one in the code.', (t) => {
  const [found] = /\| status \| code \|.*?(?=\n\n)/s.exec(page) ?? []
  t.is(found, catalogue)
})

test('The routes in docs/http-api.md are all that there are.', (t) => {
  const [table = ''] = /## Routes.*?(?=\n\n`lines`)/s.exec(page) ?? []
  const listed = table
    .split('\n')
    .map((row) => row.split(' | ')[0] ?? '') // What a row says of the request.
    .flatMap((request) => request.match(/(GET|POST|PUT) \/[\w/{}.]*/g) ?? [])
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  t.deepEqual(listed.toSorted(), described.toSorted())
})
