import test from 'ava'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { startOneService } from './support.ts'

const api = await startOneService()
const { url } = api.service
const send = (path: string, host = 'localhost', method = 'GET') =>
  sendRaw(url, { method, path, head: [`Host: ${host}`, 'X-User-Id: ann'] })

const own = ['localhost', 'LOCALHOST:3000', '127.0.0.1:1', '[::1]:3000', '127.9.9.9']
for (const target of own.flatMap((host) => [
  `http://${host}/order`,
  `HTTPS://${host}/order?limit=1`,
])) {
  test(`A target in absolute form that names this machine is served: ${target}.`, async (t) => {
    t.deepEqual((await send(target)).body, { items: [], nextCursor: null })
  })
}

const foreign = ['evil.example', 'evil.example:80', 'localhost.evil.example', '[::2]', '0.0.0.0']
for (const host of foreign) {
  for (const path of ['/order', '/healthz', '/nowhere', '/']) {
    test(`A target in absolute form is checked like Host: http://${host}${path}.`, async (t) => {
      isProblem(t, await send(`http://${host}${path}`), { code: 'host_not_allowed', path })
    })
  }
}

test('A Host that is foreign is refused, whatever the target says.', async (t) => {
  const answer = await send('http://localhost/order', 'evil.example')
  isProblem(t, answer, { code: 'host_not_allowed', path: '/order' })
})

// What a parser of URLs makes of them differs; nobody who means well sends them.
const strange = [
  'http://localhost@evil.example/order',
  'http://ann:secret@localhost/order',
  'http://evil.example\\@localhost/order',
  'http:///order',
  'http:/order',
  'http:localhost/order',
  'ftp://localhost/order',
  'localhost:3000',
  'file:///etc/passwd',
  'javascript:alert(1)',
]
for (const target of strange) {
  test(`A target that is neither a path nor a URL of HTTP is refused: ${target}.`, async (t) => {
    const answer = await send(target)
    t.is(answer.status, 400, answer.text)
    t.notRegex(answer.text, /"items"/)
  })
}

test('A path that begins with two slashes is a path.', async (t) => {
  isProblem(t, await send('//evil.example/order'), {
    ...{ code: 'not_found', path: '//evil.example/order' },
  })
})

test.after.always(api.stop)
