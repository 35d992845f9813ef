import { writeFileSync } from 'node:fs'
import { createOpenApi } from '../../src/openapi/document.ts'
import { fieldsPage } from '../sentences.ts'
import { drafts } from './drafts.ts'
import { answerIn } from './replay.ts'

/** Sends every example to a service of its own, and writes down what it answers: the examples of the document. */
const examples = []
for (const draft of drafts) {
  const { status, headers, body } = await answerIn(draft.given, draft.request)
  examples.push({ ...draft, answer: { status, headers, body } })
}
const file = new URL('../../src/openapi/examples.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(examples, null, 2)}\n`)

/** And the page of all fields. */
writeFileSync(new URL('../../../../docs/fields.md', import.meta.url), fieldsPage(createOpenApi()))
