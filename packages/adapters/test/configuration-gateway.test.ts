import test from 'ava'
import { readConfiguration, readGatewayConfiguration } from '../src/configuration.ts'

const secret = 's'.repeat(32)
const local = 'http://127.0.0.1:3001'

test('GATEWAY_URL and GATEWAY_SECRET say whom to ask, and how to prove who asks', (t) => {
  const environment = { GATEWAY_URL: 'https://pay.example/v1', GATEWAY_SECRET: secret }
  const expected = { gatewayUrl: 'https://pay.example/v1', gatewaySecret: secret }
  t.like(readConfiguration(environment)._unsafeUnwrap(), expected)
  t.like(readGatewayConfiguration(environment)._unsafeUnwrap(), expected)
})

const wrongUrls = ['gateway', 'gateway:3001', '//gateway', 'ftp://gateway', 'file:///etc/passwd']
const loadedUrls = ['http://ann:hush@pay.example', 'http://pay.example?a=1', 'http://pay.example#x']

for (const GATEWAY_URL of [...wrongUrls, 'http://', ...loadedUrls]) {
  test(`GATEWAY_URL=${GATEWAY_URL} is refused`, (t) => {
    const [error] = readConfiguration({ GATEWAY_URL, GATEWAY_SECRET: secret })._unsafeUnwrapErr()
    t.is(error?.variable, 'GATEWAY_URL')
    t.notRegex(error?.detail ?? '', /hush/)
  })
}

for (const GATEWAY_SECRET of ['s', 's'.repeat(31), `${secret} `, `${secret}\n`, `é${secret}`]) {
  test(`GATEWAY_SECRET=${JSON.stringify(GATEWAY_SECRET)} is refused: it has to fit into a header`, (t) => {
    const [error] = readConfiguration({ GATEWAY_SECRET })._unsafeUnwrapErr()
    t.is(error?.variable, 'GATEWAY_SECRET')
    t.regex(error?.detail ?? '', /32 or more visible ASCII/)
  })
}

test('a gateway beyond this machine needs a secret, one on it does not', (t) => {
  for (const url of [local, 'http://localhost:1', 'http://[::1]:1', 'https://127.1.2.3/x']) {
    t.is(readConfiguration({ GATEWAY_URL: url })._unsafeUnwrap().gatewayUrl, url)
  }
  for (const url of ['http://gateway:3001', 'https://10.0.0.1', 'http://127.0.0.1.evil.example']) {
    for (const read of [readConfiguration, readGatewayConfiguration]) {
      const [error] = read({ GATEWAY_URL: url })._unsafeUnwrapErr()
      t.is(error?.variable, 'GATEWAY_SECRET', url)
    }
  }
})

test('a gateway of its own needs nothing but what concerns it', (t) => {
  const unfinished = { AUTH: 'jwt', HOST: '0.0.0.0', PORT: 'x', FAKE_LEDGER: '/data/ledger.db' }
  t.true(readConfiguration(unfinished).isErr())
  t.deepEqual(readGatewayConfiguration(unfinished)._unsafeUnwrap(), {
    ...{ gatewayUrl: undefined, gatewaySecret: undefined, gatewayTimeoutMs: 5000 },
    ...{ fakeLedgerFile: '/data/ledger.db', shutdownGraceMs: 10_000 },
  })
  t.like(readGatewayConfiguration({ DATABASE_URL: 'sqlite:/srv/shop.db' })._unsafeUnwrap(), {
    fakeLedgerFile: '/srv/fake-gateway.db',
  })
})
