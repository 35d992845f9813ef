import test from 'ava'
import { everyWrite } from './every-write.ts'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'

const api = await startOneService()
const writes = await everyWrite(api)
const before = await stored(api)
const { url } = api.service

/** A valid body gone wrong. */
type Fault = (valid: string) => string | Uint8Array

/** The valid body with one more member, which comes first. */
const having =
  (member: string): Fault =>
  (valid) =>
    `{${member}${valid === '{}' ? '' : ','}${valid.slice(1)}`

/** The valid body with these bytes as the text of one more member. */
const bytes =
  (...text: readonly number[]): Fault =>
  (valid) =>
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from(text), Buffer.from(`",${valid.slice(1)}`)])

const nested = (open: string, inner: string, close: string, levels: number): Fault =>
  having(`"a":${open.repeat(levels)}${inner}${close.repeat(levels)}`)

const notJson: Readonly<Record<string, Fault>> = {
  'cut short': (valid) => valid.slice(0, -1),
  'cut short inside a text': () => '{"orderId":"ord_',
  'white space only': () => ' \n\t',
  'followed by more JSON': (valid) => valid + valid,
  'plain text': () => 'one mug, please',
  XML: () => '<order><line/></order>',
  'a form': () => 'productId=1&quantity=1',
  'undefined written out': () => 'undefined',
  'JSON with a comment before it': (valid) => `/* an order */${valid}`,
  'JSON with a comment inside it': having('"a":1 // one'),
  'JSON with a comma at the end of an object': (valid) => `${valid.slice(0, -1)},}`,
  'JSON with a comma at the end of a list': having('"a":[1,]'),
  'JSON with single quotes': having("'a':1"),
  'JSON with a bare name': having('a:1'),
  'JSON with NaN': having('"a":NaN'),
  'JSON with Infinity': having('"a":-Infinity'),
  'JSON with a plus sign': having('"a":+1'),
  'JSON with a leading zero': having('"a":01'),
  'JSON with a bare point': having('"a":.5'),
  'JSON with a hexadecimal number': having('"a":0x10'),
  'JSON nested 30,000 lists deep': nested('[', '1', ']', 30_000),
  'JSON nested 9,000 objects deep': nested('{"a":', '1', '}', 9_000),
  'JSON that opens 60,000 lists': () => '['.repeat(60_000),
  'JSON with a raw NUL between its parts': (valid) => `\0${valid}`,
  'JSON with a raw NUL in a text': having('"a":"\0"'),
  'JSON with a raw escape character in a text': having('"a":"\x1b"'),
  'JSON with a raw line break in a text': having('"a":"\n"'),
  'JSON with a byte that UTF-8 never has': bytes(0xff),
  'JSON with an overlong NUL': bytes(0xc0, 0x80),
  'JSON with a surrogate in UTF-8': bytes(0xed, 0xa0, 0x80),
  'JSON with a character cut in half': bytes(0xe2, 0x82),
  'JSON with a character past U+10FFFF': bytes(0xf4, 0x90, 0x80, 0x80),
  'JSON in Latin-1': bytes(0xe9),
  'JSON in UTF-16': (valid) => Buffer.from(valid, 'utf16le'),
  'JSON after two byte order marks': (valid) => `\ufeff\ufeff${valid}`,
}

for (const [what, fault] of Object.entries(notJson)) {
  test(`Every route that takes a body refuses ${what} with 400.`, (t) =>
    everywhereRefused(t, fault))
}

// RFC 8259, 8.1, lets a parser skip a byte order mark. It is not strict JSON all the same.
test('Every route that takes a body refuses JSON after a byte order mark with 400.', (t) =>
  everywhereRefused(t, (valid) => `\ufeff${having('"a":1')(valid)}`))

const unfit: readonly (readonly [what: string, member: string, at: string])[] = [
  ['a field twice', '"a":1,"a":1', '/a'],
  ['a field twice, escaped differently', '"a":1,"\\u0061":2', '/a'],
  ['a field twice within an object', '"a":{"b":1,"b":1}', '/a/b'],
  ['a field twice within a list', '"a":[0,{"b":1,"c":2,"b":3}]', '/a/1/b'],
  ['a field twice whose name needs escapes', '"a/~":1,"a/~":2', '/a~1~0'],
  ['__proto__', '"__proto__":{"isAdmin":true}', '/__proto__'],
  ['__proto__ within', '"a":[{"__proto__":null}]', '/a/0/__proto__'],
  ['__proto__ escaped', '"\\u005f_proto_\\u005f":1', '/__proto__'],
  ['an escaped NUL', '"a":"mug\\u0000"', '/a'],
  ['an escaped NUL in a name', '"a\\u0000":1', '/a\0'],
  ['an escaped NUL within a list', '"a":["b",["\\u0000"]]', '/a/1/0'],
  ['a bell', '"a":"\\u0007"', '/a'],
  ['a backspace', '"a":"\\b"', '/a'],
  ['a carriage return', '"a":"b\\r\\nSet-Cookie: c"', '/a'],
  ['a terminal escape', '"a":"\\u001b[2J"', '/a'],
  ['a delete character', '"a":"\\u007f"', '/a'],
  ['a C1 control character', '"a":"\\u009b"', '/a'],
  ['the first half of a surrogate pair', '"a":"\\ud800"', '/a'],
  ['the second half of a surrogate pair', '"a":"\\udfff"', '/a'],
  ['a surrogate pair the wrong way round', '"a":"\\ude00\\ud83d"', '/a'],
  ['half of a surrogate pair in a name', '"\\ud800":1', '/\ud800'],
  ['a fraction that a double loses', '"a":1.00000000000000000001', '/a'],
  ['a fraction that a double rounds up', '"a":[-0.99999999999999999999]', '/a/0'],
  [
    'a fraction that a double loses, written with an exponent',
    '"a":100000000000000000001e-20',
    '/a',
  ],
  ['a number that a double takes for 0', '"a":1e-400', '/a'],
]

for (const [what, member, at] of unfit) {
  test(`Every route that takes a body refuses JSON with ${what} with 400 and says where.`, (t) =>
    everywhereRefused(t, having(member), [at]))
}

for (const number of [
  '1.0',
  '1.50',
  '0.0',
  '100e-2',
  '1.5E+1',
  '0e-9',
  '10.0e-1',
  '0.1',
  '1e309',
]) {
  test(`Every write reads the number ${number}, and only then finds its field unknown.`, (t) =>
    everywhereRefused(t, having(`"ä":${number}`), ['/ä'], 'invalid_request'))
}

test('All faults of one body are named at once.', (t) =>
  everywhereRefused(t, having('"a":"\\u0000","b":{"c":1,"c":"\\ud800"}'), ['/a', '/b/c', '/b/c']))

const unknown = ['constructor', 'toString', 'hasOwnProperty', 'prototype', '', '0', 'lines.0', 'ä']

for (const name of unknown) {
  test(`Every write refuses the field "${name}", which it does not know, with 422.`, (t) =>
    everywhereRefused(t, having(`"${name}":{}`), [`/${name}`], 'invalid_request'))
}

for (const value of ['null', '[]', '[{}]', '0', '1e309', '"text"', 'true']) {
  test(`Every route that takes a body refuses ${value} in place of an object with 422.`, (t) =>
    everywhereRefused(t, () => value, [''], 'invalid_request'))
}

const everywhereRefused = async (
  t: Parameters<typeof isProblem>[0],
  fault: Fault,
  at?: readonly string[],
  code: 'malformed_request' | 'invalid_request' = 'malformed_request',
): Promise<void> => {
  const ask = async ({ method, path, body: valid }: (typeof writes)[number]) => {
    const body = fault(JSON.stringify(valid))
    const answer = await sendRaw(url, { method, path, body })
    isProblem(t, answer, { code, path, ...(at && { at }) }, `${method} ${path}`)
  }
  await Promise.all(writes.map(ask))
  t.deepEqual(await stored(api), before, 'Something was stored.')
}

test.after('Without its fault each of these requests is accepted.', async (t) => {
  for (const { method, path, body, accepted } of writes) {
    const answer = await sendRaw(url, { method, path, body: JSON.stringify(body) })
    t.is(answer.status, accepted, answer.text)
  }
})

test.after.always(api.stop)
