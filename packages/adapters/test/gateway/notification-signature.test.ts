import test from 'ava'
import { signNotification, verifyNotification } from '../../src/gateway/notification-signature.ts'
import { secret } from './support.ts'

const NOW = 1_700_000_000_000
const body = '{"eventId":"evt_1","type":"captured"}'
const header = signNotification(secret, NOW, body)
const [, mac = ''] = /v1=(.*)/.exec(header) ?? []

/** Whether a header is believed, with everything else as it was signed. */
const believed = (written: string | undefined, nowMs = NOW): boolean =>
  verifyNotification(secret, written, body, nowMs).isOk()

test('a signature has the form that Stripe uses, and can be made by hand', (t) => {
  // printf '1700000000.hello' | openssl dgst -sha256 -hmac key
  t.is(
    signNotification('key', 1_700_000_000_999, 'hello'),
    't=1700000000,v1=4d583a269f4f276a3fa80ff31b5a01879a848096983222a17893d198418939aa',
  )
})

test('what was signed is believed, as text and as bytes', (t) => {
  t.true(believed(header))
  t.true(verifyNotification(secret, header, Buffer.from(body), NOW).isOk())
  const words = 'Müsli 🥣'
  const signed = signNotification(secret, NOW, words)
  t.is(signNotification(secret, NOW, Buffer.from(words)), signed)
  t.true(verifyNotification(secret, signed, Buffer.from(words), NOW).isOk())
})

test('another body, secret or time is not believed', (t) => {
  const refused = (...given: Parameters<typeof verifyNotification>) => {
    const error = verifyNotification(...given)._unsafeUnwrapErr()
    t.is(error.code, 'invalid_signature')
    t.false(error.detail.includes(mac))
  }
  refused(secret, header, `${body} `, NOW)
  refused(secret, header, '', NOW)
  refused(secret, header, Buffer.from([0xff, 0xfe]), NOW)
  refused(`${secret}x`, header, body, NOW)
  refused(secret, header.replace('t=1700000000', 't=1700000001'), body, NOW)
  refused(
    secret,
    header.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    body,
    NOW,
  )
})

test('a body is signed together with its time: digits cannot move from one to the other', (t) => {
  const signed = signNotification(secret, 17_000_000_000, '00.x')
  const moved = signed.replace('t=17000000', 't=1700000000')
  t.true(verifyNotification(secret, signed, '00.x', 17_000_000_000).isOk())
  t.true(verifyNotification(secret, moved, 'x', 1_700_000_000_000).isErr())
})

test('five minutes either way are allowed, and not a second more', (t) => {
  for (const [away, expected] of [
    [0, true],
    [300_000, true],
    [-300_000, true],
    [300_001, false],
    [-300_001, false],
    [3_600_000, false],
    [-3_600_000, false],
    [Number.NaN, false],
  ] as const) {
    t.is(believed(header, NOW + away), expected, String(away))
  }
})

test('one of several signatures is enough, so that a secret can be changed', (t) => {
  const other = 'a'.repeat(64)
  t.true(believed(`t=1700000000,v1=${other},v1=${mac}`))
  t.true(believed(`t=1700000000,v1=${mac},v1=${other}`))
  t.true(believed(`t=1700000000,v1=short,v1=${mac}`))
  t.true(believed(`t=1700000000,v0=${other},v1=${mac}`), 'other schemes are for others')
  t.true(believed(`t=1700000000, v1=${mac}`), 'blanks after commas')
  t.true(believed(`v1=${mac},t=1700000000`), 'in any order')
  t.false(believed(`t=1700000000,v1=${other},v1=${other}`))
  t.false(believed(`t=1700000000,v0=${mac}`))
})

const malformed = [
  ...['', ',', '=', 't', 't=', 'v1=', 't=1700000000', `v1=${mac}`, mac, header.toUpperCase()],
  ...[`t=1700000000;v1=${mac}`, `t:1700000000,v1:${mac}`, `t=1700000000 v1=${mac}`],
  ...[`t=1700000000,v1=${mac}0`, `t=1700000000,v1=${mac.slice(1)}`, `t=1700000000,v1=`],
  ...[`t=1700000000,t=1700000000,v1=${mac}`, `${header}, ${header}`, `t=1,${header}`],
  ...[`t=1.7e9,v1=${mac}`, `t=+1700000000,v1=${mac}`, `t=-1,v1=${mac}`, `t=0x1,v1=${mac}`],
  ...[
    `t=,v1=${mac}`,
    `t=NaN,v1=${mac}`,
    `t=${'9'.repeat(400)},v1=${mac}`,
    `t=1700000000\0,v1=${mac}`,
  ],
  ...[`t=1700000000,v1=${mac.toUpperCase()}`, `t=1700000000,v1=${'é'.repeat(64)}`, '🔑', '\0'],
]

const shown = (written: string) => JSON.stringify(written.replaceAll(mac, '<mac>')).slice(0, 60)

for (const written of malformed) {
  test(`the header ${shown(written)} is not believed`, (t) => {
    t.false(believed(written))
  })
}

test('no header is not believed', (t) => {
  t.false(believed(undefined))
})

test('without a secret nothing is believed, not even what was signed with none', (t) => {
  const signed = signNotification('', NOW, body)
  t.true(verifyNotification(undefined, signed, body, NOW).isErr())
  t.true(verifyNotification('', signed, body, NOW).isErr())
  t.true(verifyNotification(undefined, header, body, NOW).isErr())
})
