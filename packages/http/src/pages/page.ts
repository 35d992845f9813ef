import { createHash } from 'node:crypto'
import type { Context } from 'koa'

/** What our pages look like: one column, the reader’s own font and colour scheme. */
const style = `
:root { color-scheme: light dark; --quiet: light-dark(#57606a, #9aa4af); --line: light-dark(#d8dee4, #343b44);
  --tint: light-dark(#f3f5f7, #1d232a); --link: light-dark(#0b57d0, #8ab4f8); font: 1.0625rem/1.6 system-ui, sans-serif }
* { box-sizing: border-box }
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; background: light-dark(#fff, #12161b);
  color: light-dark(#1f2328, #e3e8ee) }
a { color: var(--link) }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line);
  margin-bottom: 2rem }
h1 { line-height: 1.2; margin: .25rem 0 1rem; font-size: 2rem }
h2 { font-size: 1.0625rem; margin: 1.75rem 0 .25rem }
p { margin: 0 }
.status { color: var(--quiet) }
code, pre { font: .9375em/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: .5rem 0;
  max-height: 30rem; overflow: auto; white-space: pre; overflow-wrap: normal; font-size: .8125rem }
ul { list-style: none; margin: 0; padding: 0 }
li { border-top: 1px solid var(--line); padding: .625rem 0; display: grid; grid-template-columns: 17rem 1fr; gap: 0 1rem }
@media (max-width: 40rem) { li { grid-template-columns: 1fr } h1 { font-size: 1.625rem } }
`

const styleHash = createHash('sha256').update(style).digest('base64')

/** A small mark for the browser’s tab; without one, browsers ask for a file that is not there. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%230b57d0'/%3E%3Cpath d='M4 3h2v4h4V3h2v10h-2V9H6v4H4z' fill='%23fff'/%3E%3C/svg%3E"

/** The beginning of every page. */
export const pageHead = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${ICON}">`

/** Answers with a page of ours; it can load nothing and run nothing. */
export const sendPage = (ctx: Context, title: string, content: string): void => {
  ctx.set('Content-Security-Policy', `${NOTHING}; style-src 'sha256-${styleHash}'; img-src data:`)
  ctx.type = 'html'
  ctx.body = `${pageHead(title)}
<style>${style}</style>
</head>
<body>
<nav><a href="/docs">Reference</a><a href="/problems">Problems</a></nav>
${content}
</body>
</html>
`
}

/** A policy that allows nothing at all, to which a page adds what it needs. */
export const NOTHING =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Text as HTML; what is between backquotes is code. */
export const toHtml = (text: string): string =>
  escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

/** Text as HTML, as it stands. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
