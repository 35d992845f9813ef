import type { AuthConfiguration } from '@holdfast/adapters'
import type { Context } from 'koa'
import { docsFiles } from './docs-files.ts'
import { NOTHING, pageHead } from './page.ts'

/** Its scripts, styles and requests are our own; images are in the style sheet. */
const policy = `${NOTHING}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'`

/** Answers with the interactive reference. With AUTH=local the visitor is signed in as somebody from the start. */
export const sendDocsPage = async (
  ctx: Context,
  { kind }: Pick<AuthConfiguration, 'kind'>,
): Promise<void> => {
  const { pathTo } = await docsFiles()
  ctx.set('Content-Security-Policy', policy)
  ctx.type = 'html'
  ctx.body = `${pageHead('Holdfast: HTTP interface')}
<link rel="stylesheet" href="${pathTo('swagger-ui.css')}">
<link rel="stylesheet" href="${pathTo('docs.css')}">
<script defer src="${pathTo('swagger-ui-bundle.js')}"></script>
<script defer src="${pathTo('docs.js')}"></script>
</head>
<body>
<main id="reference" data-auth="${kind}">
<noscript>The interactive reference needs JavaScript. <a href="/openapi.json">The OpenAPI document</a> and
<a href="/problems">the list of problems</a> do not.</noscript>
</main>
</body>
</html>
`
}

/** Answers with a file of the reference. Its name changes with its content, so it may be kept for good. */
export const sendDocsFile = async (ctx: Context, name: string): Promise<boolean> => {
  const file = (await docsFiles()).byName.get(name)
  if (!file) return false
  const compressed = ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
  ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
  ctx.vary('Accept-Encoding')
  if (compressed) ctx.set('Content-Encoding', 'gzip')
  ctx.type = file.type
  ctx.body = compressed ? file.gzipped : file.bytes
  return true
}
