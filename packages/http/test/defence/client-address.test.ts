import test from 'ava'
import { clientAddress, networkOf } from '../../src/defence/client-address.ts'

const seenAs = (
  proxies: number,
  forwarded?: string,
  remoteAddress: string | undefined = '10.0.0.1',
) =>
  clientAddress(
    {
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      socket: { remoteAddress },
    },
    proxies,
  )

const lie = '6.6.6.6, 9.9.9.9'

test('Without a trusted proxy the address is that of the connection, whatever a header says.', (t) => {
  t.is(seenAs(0), '10.0.0.1')
  t.is(seenAs(0, lie), '10.0.0.1')
})

test('One trusted proxy is believed about whom it saw; what that one wrote before is not.', (t) => {
  t.is(seenAs(1, '203.0.113.7'), '203.0.113.7')
  t.is(seenAs(1, `${lie}, 203.0.113.7`), '203.0.113.7')
})

test('With two trusted proxies, the last but one entry counts.', (t) => {
  t.is(seenAs(2, `${lie}, 203.0.113.7, 10.0.0.2`), '203.0.113.7')
  t.is(seenAs(2, '203.0.113.7, 10.0.0.2'), '203.0.113.7')
})

test('With fewer entries than proxies, somebody came in further inside, and the first entry is the best there is.', (t) => {
  t.is(seenAs(3, '10.0.0.9, 10.0.0.2'), '10.0.0.9')
  t.is(seenAs(1), '10.0.0.1')
  t.is(seenAs(1, ''), '10.0.0.1')
})

const nonsense = [
  'unknown',
  'evil',
  '999.1.1.1',
  '1.2.3',
  '0x7f000001',
  ' ',
  "';--",
  '1.2.3.4 5.6.7.8',
]

for (const entry of nonsense) {
  test(`An entry such as "${entry}" is no address: that of the connection is used.`, (t) => {
    t.is(seenAs(1, entry), '10.0.0.1')
  })
}

test('Ports and brackets, which some proxies write, are left out.', (t) => {
  t.is(seenAs(1, '203.0.113.7:4711'), '203.0.113.7')
  t.is(seenAs(1, '[2001:db8::7]:4711'), '2001:db8::7')
  t.is(seenAs(1, '[2001:db8::7]'), '2001:db8::7')
})

test('One address has one spelling.', (t) => {
  t.is(seenAs(0, undefined, '::ffff:10.0.0.1'), '10.0.0.1')
  t.is(seenAs(1, '2001:0DB8:0:0::0007'), '2001:db8::7')
})

test('Where nothing is known, nothing is made up.', (t) => {
  t.is(clientAddress({ headers: {}, socket: {} }, 0), 'unknown')
})

test('A household has a /64 of IPv6, and counts as one.', (t) => {
  t.is(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::'))
  t.not(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  t.is(networkOf('203.0.113.7'), '203.0.113.7')
  t.is(networkOf('unknown'), 'unknown')
})
