import { STATUS_CODES } from 'node:http'
import { type ExampleRequest, examples } from '../openapi/examples.ts'
import { type ProblemCode, problemKinds } from '../problems.ts'
import { escapeHtml, toHtml } from './page.ts'

/** A page for people that explains one problem: what `type` in a problem leads to. */
export const problemPage = (code: ProblemCode): string => {
  const { status, title, meaning, remedy } = problemKinds[code]
  return `<p class="status">${status} ${STATUS_CODES[status]} · <code>${code}</code></p>
<h1>${title}</h1>
<h2>What it means</h2>
<p>${toHtml(meaning)}</p>
<h2>What to do</h2>
<p>${toHtml(remedy)}</p>
<h2>May the request be repeated as it is?</h2>
<p>${mayBeRepeated(code)}</p>
${exampleOf(code)}`
}

/** What `retryable` and `sameKey` say, in words. */
const mayBeRepeated = (code: ProblemCode): string => {
  const { retryable, sameKey } = problemKinds[code]
  if (!retryable) return 'No: the same request gets the same answer.'
  return sameKey
    ? 'Yes, later, with the same idempotency key.'
    : 'Yes, later, with a new idempotency key.'
}

const exampleOf = (code: ProblemCode): string => {
  const example = examples.find(
    ({ answer }) => (answer.body as { code?: string } | undefined)?.code === code,
  )
  if (!example) return ''
  const { request, given, answer } = example
  return `<h2>An example</h2>
<p>${escapeHtml(given)} This request:</p>
${block(requestText(request))}
<p>is answered with ${answer.status} and this body:</p>
${block(JSON.stringify(answer.body, null, 2))}`
}

const block = (text: string): string => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`

const requestText = ({ method, path, headers, body }: ExampleRequest): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const text = typeof body === 'string' ? body : body && JSON.stringify(body, null, 2)
  return [`${method} ${path}`, ...lines, ...(text ? ['', text] : [])].join('\n')
}

/** A page that lists every problem, by status. */
export const problemListPage = (): string => {
  const kinds = Object.entries(problemKinds).sort(
    ([a, { status: one }], [b, { status: other }]) => one - other || a.localeCompare(b),
  )
  const sections = [...Map.groupBy(kinds, ([, { status }]) => status)].map(
    ([status, problems]) => `<h2>${status} ${STATUS_CODES[status]}</h2>
<ul>
${problems.map(([code, { title }]) => `<li><a href="/problems/${code}"><code>${code}</code></a> <span>${title}</span></li>`).join('\n')}
</ul>`,
  )
  return `<h1>Problems</h1>
<p>Whatever is not a success is answered with <code>application/problem+json</code> (RFC 9457). <code>code</code> is the
word to decide by; these are all of them.</p>
${sections.join('\n')}`
}
