import { STATUS_CODES } from 'node:http'
import { type ProblemCode, problemKinds } from './problems.ts'

/** A page for people that explains one problem: what `type` in a problem leads to. */
export const problemPage = (code: ProblemCode): string => {
  const { status, title, retryable, sameKey, meaning, remedy } = problemKinds[code]
  const repeat = !retryable
    ? 'No: the same request gets the same answer.'
    : sameKey
      ? 'Yes, later, with the same idempotency key.'
      : 'Yes, later, with a new idempotency key.'
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${code}</title>
<style>
  :root { color-scheme: light dark; font: 1.0625rem/1.6 system-ui, sans-serif }
  body { max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem }
  h1 { line-height: 1.2; margin: 0 0 1.5rem }
  p.status { margin: 0; opacity: .7 }
  dt { font-weight: 600; margin-top: 1rem }
  dd { margin: 0 }
  code { font-family: ui-monospace, monospace; font-size: .95em }
</style>
<p class="status">${status} ${STATUS_CODES[status]} · <code>${code}</code></p>
<h1>${title}</h1>
<dl>
  <dt>What it means</dt><dd>${toHtml(meaning)}</dd>
  <dt>What to do</dt><dd>${toHtml(remedy)}</dd>
  <dt>May the request be repeated as it is?</dt><dd>${repeat}</dd>
</dl>
</html>
`
}

const toHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
