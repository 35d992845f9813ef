import { readFileSync } from 'node:fs'
import { FAKE_METHODS } from '@holdfast/adapters'
import test from 'ava'
import { createOpenApi } from '../src/openapi/document.ts'
import { fieldsPage, lackingSentences } from './sentences.ts'

const document = createOpenApi()
const schemas = document.components?.schemas ?? {}

test('Every property has a sentence of its own, and every word of an enumeration stands in one.', (t) => {
  t.deepEqual(lackingSentences(document), [])
})

test('A property without a sentence of its own, and a word that none names, are noticed.', (t) => {
  const said = (description: string) => ({ type: 'string', description })
  const properties = {
    mute: { type: 'string' },
    unfinished: said('No full stop'),
    reference: { $ref: '#/components/schemas/Money' },
    one: said('The same.'),
    other: said('The same.'),
    own: said('Its own.'),
    list: { description: 'A list.', items: { properties: { mute: {} } } },
    state: { description: 'Either `A`.', enum: ['A', 'B'] },
  }
  const answer = { content: { 'application/json': { schema: { properties: { up: {} } } } } }
  const paths = { '/healthz': { get: { responses: { 200: answer } } } }
  t.deepEqual(lackingSentences({ components: { schemas: { Thing: { properties } } }, paths }), [
    ...['mute', 'unfinished', 'reference', 'one', 'other'].map((name) => `Thing.${name}`),
    'Thing.list.mute',
    'Thing.state: B',
    'GET /healthz 200.up',
  ])
})

test('Every payment method of the fake gateway has a sentence.', (t) => {
  const described = JSON.stringify(schemas['PaymentRequest'])
  t.true(FAKE_METHODS.length > 9)
  t.deepEqual(
    FAKE_METHODS.filter((method) => !described.includes(`\`${method}\``)),
    [],
  )
})

test('The page of fields in the docs is that of the document.', (t) => {
  const page = readFileSync(new URL('../../../docs/fields.md', import.meta.url), 'utf8')
  t.is(page, fieldsPage(document))
})
