import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import { type Answer, place, sell, startOneService } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 1000)
const ids: string[] = []
for (let quantity = 1; quantity <= 20; quantity += 1) ids.push(await place(api, mug, quantity))
const longName = { name: 'x'.repeat(200), description: 'x'.repeat(2000) }
await api.ask('PUT', `/product/${mug}`, longName, { admin: true })

/** Answers as they come over the wire; `fetch` would unpack them, and have its own say in what is accepted. */
const fetched = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  new Promise<Pick<Answer, 'status'> & { head: Headers; bytes: Buffer }>((resolve, reject) => {
    const sent = { 'X-User-Id': 'ann', ...headers }
    request(api.service.url + path, { headers: sent, method }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const head = new Headers(response.headers as Record<string, string>)
        resolve({ status: response.statusCode ?? 0, head, bytes: Buffer.concat(chunks) })
      })
    })
      .on('error', reject)
      .end()
  })

const list = '/order?limit=20'
const plain = (await fetched(list)).bytes
const gzip = { 'Accept-Encoding': 'gzip' }

for (const accepted of ['gzip', '*', 'br, gzip', 'gzip;q=0.5', 'GZIP', 'gzip, identity;q=0']) {
  test(`A long answer is compressed for Accept-Encoding: ${accepted}.`, async (t) => {
    const { status, head, bytes } = await fetched(list, { 'Accept-Encoding': accepted })
    t.deepEqual([status, head.get('content-encoding')], [200, 'gzip'])
    t.is(head.get('vary'), 'Accept-Encoding')
    t.true(bytes.length < plain.length / 5, `${bytes.length} of ${plain.length}`)
    t.true(gunzipSync(bytes).equals(plain))
  })
}

// Who refuses `identity` and takes nothing that we have is answered all the same: an answer must not be withheld.
const others = ['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.1, identity;q=0.2', 'nonsense', ', ,']
for (const accepted of [...others, 'identity;q=0', '*;q=0', 'br, identity;q=0', 'br;q=1, *;q=0']) {
  test(`An answer is as it is for Accept-Encoding: ${accepted || '(nothing)'}.`, async (t) => {
    for (const path of [list, `/order/${ids[0]}`, '/healthz', '/docs']) {
      const { status, head, bytes } = await fetched(path, { 'Accept-Encoding': accepted })
      t.deepEqual([status, head.get('content-encoding')], [200, null], path)
      t.is(Number(head.get('content-length')), bytes.length)
    }
  })
}

test('A short answer is not compressed, but for a client that takes nothing else.', async (t) => {
  const path = `/order/${ids[0]}`
  t.is((await fetched(path, gzip)).head.get('content-encoding'), null)
  const refusing = { 'Accept-Encoding': 'gzip, identity;q=0' }
  const { head, bytes } = await fetched(path, refusing)
  t.is(head.get('content-encoding'), 'gzip')
  t.is(JSON.parse(gunzipSync(bytes).toString()).id, ids[0])
})

test('A compressed answer has a tag of its own, and both are known again.', async (t) => {
  const path = `/product/${mug}`
  const refusing = { 'Accept-Encoding': 'gzip, identity;q=0' }
  const tag = (await fetched(path)).head.get('etag') ?? ''
  const coded = (await fetched(path, refusing)).head.get('etag') ?? ''
  t.is(coded, tag.replace(/"$/, '-gzip"'))
  for (const known of [tag, coded]) {
    const answer = await fetched(path, { ...refusing, 'If-None-Match': known })
    t.deepEqual([answer.status, answer.bytes.length], [304, 0])
    t.deepEqual([answer.head.get('etag'), answer.head.get('content-encoding')], [known, null])
  }
  const headers = { 'If-Match': coded }
  const changed = await api.ask('PUT', path, { name: 'X' }, { admin: true, headers })
  t.is(changed.status, 200)
})

test('A problem is compressed as well, and HEAD tells of the answer as it is.', async (t) => {
  const path = `/${'x'.repeat(5000)}`
  const { status, head, bytes } = await fetched(path, gzip)
  t.deepEqual([status, head.get('content-encoding')], [404, 'gzip'])
  t.is(JSON.parse(gunzipSync(bytes).toString()).instance, path)
  const answer = await fetched(list, gzip, 'HEAD')
  t.is(answer.head.get('content-encoding'), null)
  t.is(Number(answer.head.get('content-length')), plain.length)
})

test.after.always(api.stop)
