import { createHash } from 'node:crypto'
import test from 'ava'
import { isProblem } from './problem-checks.ts'
import { startOneService } from './support.ts'

const api = await startOneService()
const page = await api.ask('GET', '/docs', undefined, { user: '' })
const files = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(
  ([, path]) => path ?? '',
)

/** Asks as a browser does, or as one that cannot unpack. */
const fetched = (path: string, encoding: string) =>
  fetch(api.service.url + path, { headers: { 'Accept-Encoding': encoding } })

test('The page of the reference is HTML that nobody keeps, with a policy that allows only our own files.', (t) => {
  t.is(page.status, 200)
  t.is(page.headers.get('content-type'), 'text/html; charset=utf-8')
  t.is(page.headers.get('cache-control'), 'no-store')
  const policy = page.headers.get('content-security-policy') ?? ''
  t.regex(policy, /default-src 'none'/)
  t.regex(policy, /script-src 'self';/)
  t.notRegex(policy, /unsafe|https?:|\*/)
  t.notRegex(page.text, /<script(?![^>]*src=)|<style|style=|\son\w+=|https?:\/\/(?!www\.w3\.org)/)
})

test('Each file of the reference is named by its content, may be kept for good, and has its type.', async (t) => {
  t.is(files.length, 4)
  for (const path of files) {
    const answer = await fetched(path, 'identity')
    const bytes = Buffer.from(await answer.arrayBuffer())
    t.is(answer.status, 200)
    const type = path.endsWith('.css') ? 'text/css' : 'text/javascript'
    t.is(answer.headers.get('content-type'), `${type}; charset=utf-8`)
    t.is(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    t.is(answer.headers.get('content-encoding'), null)
    t.is(answer.headers.get('vary'), 'Accept-Encoding')
    const hash = createHash('sha256').update(bytes).digest('hex')
    t.true(path.startsWith(`/docs/${hash.slice(0, 12)}-`))

    const packed = await fetched(path, 'gzip')
    t.is(packed.headers.get('content-encoding'), 'gzip')
    t.true(bytes.equals(Buffer.from(await packed.arrayBuffer())))
  }
})

test('What is no file of the reference is not there.', async (t) => {
  for (const name of ['swagger-ui.css', '..%2fpackage.json', 'index.html', 'constructor']) {
    const path = `/docs/${name}`
    isProblem(t, await api.ask('GET', path, undefined, { user: '' }), { code: 'not_found', path })
  }
})

test('The reference signs its visitor in where any name will do, and only there.', async (t) => {
  t.true(page.text.includes('data-auth="local"'))
  const strict = await startOneService({}, { AUTH: 'jwt', JWT_SECRET: 'x'.repeat(32) })
  t.teardown(strict.stop)
  const { text } = await strict.ask('GET', '/docs', undefined, { user: '' })
  t.true(text.includes('data-auth="jwt"'))
})

test.after.always(api.stop)
