import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { script } from './docs-start.ts'
import { style } from './docs-style.ts'

/** A file of the interactive reference, as it is and compressed. */
type DocsFile = Readonly<{ type: string; bytes: Buffer; gzipped: Buffer }>

/** The files by the name under which they are served, and the path to each by the name that it has at home. */
export type DocsFiles = Readonly<{
  byName: ReadonlyMap<string, DocsFile>
  pathTo: (name: string) => string
}>

let read: Promise<DocsFiles> | undefined

/** The files of the interactive reference, read on the first visit and kept. */
export const docsFiles = (): Promise<DocsFiles> => {
  read ??= readFiles()
  return read
}

const readFiles = async (): Promise<DocsFiles> => {
  const files = await Promise.all([
    fromLibrary('swagger-ui.css', import.meta.resolve('swagger-ui-dist/swagger-ui.css')),
    fromLibrary(
      'swagger-ui-bundle.js',
      import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
    ),
    prepare('docs.css', Buffer.from(style)),
    prepare('docs.js', Buffer.from(script)),
  ])
  const served = new Map(files.map(({ name, servedAs }) => [name, servedAs]))
  return {
    byName: new Map(files.map(({ servedAs, file }) => [servedAs, file])),
    pathTo: (name) => `/docs/${served.get(name)}`,
  }
}

const fromLibrary = async (name: string, url: string) => prepare(name, await readFile(new URL(url)))

const prepare = async (name: string, bytes: Buffer) => {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
  const file: DocsFile = { type, bytes, gzipped: await promisify(gzip)(bytes) }
  return { name, servedAs: `${hash}-${name}`, file }
}
