import test from 'ava'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 10)
const order = await place(api, mug)
const paid = await place(api, mug, 2)
const payment = (await api.ask('POST', '/payment', { orderId: paid })).body.id
const before = await stored(api)
const { url } = api.service

/** Every route that takes an id: how to ask it, and what it answers to an id that is nobody's. */
const routes = [
  { method: 'GET', under: '/order/', code: 'order_not_found', own: order },
  { method: 'PUT', under: '/order/', code: 'order_not_found', own: order, body: lines(mug, 3) },
  { method: 'POST', under: '/order/cancelorder/', code: 'order_not_found', own: order, body: {} },
  { method: 'POST', under: '/order/retryorder/', code: 'order_not_found', own: order, body: {} },
  { method: 'GET', under: '/payment/', code: 'payment_not_found', own: payment },
  { method: 'GET', under: '/product/', code: 'product_not_found', own: mug },
  { method: 'PUT', under: '/product/', code: 'product_not_found', own: mug, body: { quantity: 1 } },
] as const

/** Ids as they stand in the path. They are made from one that exists, so that a careless lookup would find something. */
const unknownIds: Readonly<Record<string, (own: string) => string>> = {
  SQL: (own) => `${own}'%20OR%20'1'='1`,
  'SQL that ends the statement': () => "x'%3B%20DROP%20TABLE%20orders%3B--",
  'a comment in SQL': (own) => `${own}'--`,
  'a wildcard': () => '%25',
  'another wildcard': (own) => `${own.slice(0, -1)}_`,
  'an id cut short': (own) => own.slice(0, -1),
  'an id with a digit more': (own) => `${own}0`,
  'an id with a space after it': (own) => `${own}%20`,
  'an id with a space before it': (own) => `%20${own}`,
  'an id in capitals': (own) => own.toUpperCase(),
  'an id escaped twice': (own) => `%25${own.charCodeAt(0).toString(16)}${own.slice(1)}`,
  'another prefix': (own) => own.replace(/^\w+_/, 'cus_'),
  'no prefix': (own) => own.replace(/^\w+_/, ''),
  'the id of another kind': (own) => (own === mug ? order : mug),
  'an id of 8,000 characters': (own) => own.repeat(8000).slice(0, 8000),
  'two dots escaped': () => '%2e%2e',
  'two dots half escaped': () => '.%2E',
  'a way up': () => '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  'a way up with backslashes': () => '..%5c..%5c',
  'a slash escaped': (own) => `x%2f${own}`,
  'an emoji': () => '%F0%9F%8F%BA',
  'the name of a property': () => '__proto__',
  'the name of a method': () => 'constructor',
  'a number': () => '1',
  'a script': () => '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  'a format': () => '%25s%25n',
  'a template': () => '$%7B7*7%7D',
}

const brokenIds: Readonly<Record<string, (own: string) => string>> = {
  'a NUL': () => '%00',
  'an id with a NUL after it': (own) => `${own}%00`,
  'a line break': (own) => `${own}%0a`,
  'a line break and a header': () => 'x%0d%0aSet-Cookie:%20a=b',
  'a line break and an answer': () => '%0d%0a%0d%0aHTTP/1.1%20200%20OK',
  'a tab': () => '%09',
  'an escape character': () => '%1b%5B2J',
  'a delete character': () => '%7f',
  'a C1 control character': () => '%C2%9B',
  'a percent sign alone': () => '%',
  'half an escape': () => '%2',
  'letters that are no escape': () => '%zz',
  'an id with a broken escape after it': (own) => `${own}%E`,
  'an overlong NUL': () => '%c0%80',
  'a surrogate in UTF-8': () => '%ED%A0%80',
  'a byte that UTF-8 never has': () => '%ff',
  'a character cut in half': () => '%E2%82',
}

for (const { method, under, code, own, ...rest } of routes) {
  const ask = (path: string) =>
    sendRaw(url, { method, path, ...('body' in rest && { body: JSON.stringify(rest.body) }) })

  for (const [what, id] of Object.entries(unknownIds)) {
    test(`${method} ${under}{id} answers 404 to ${what}.`, async (t) => {
      const path = under + id(own)
      isProblem(t, await ask(path), { code, path })
      t.deepEqual(await stored(api), before)
    })
  }

  for (const [what, id] of Object.entries(brokenIds)) {
    test(`${method} ${under}{id} answers 400 to ${what}.`, async (t) => {
      const path = under + id(own)
      const answer = await ask(path)
      isProblem(t, answer, { code: 'malformed_request', path })
      t.is(answer.headers.get('set-cookie'), null)
      t.deepEqual(await stored(api), before)
    })
  }

  test(`${method} ${under}{id} refuses an id that is larger than any header may be.`, async (t) => {
    const { status, text } = await ask(under + 'x'.repeat(20_000))
    t.is(status, 431)
    t.is(text, '')
  })
}

/** Faulty queries, and the parameters that are at fault. */
const queries: readonly (readonly [query: string, parameters: readonly string[]])[] = [
  ...['0', '-1', '101', '1000', 'abc', '', '1.5', '1e1', '0x10', '+1', ' 1', '01', '%31%00'].map(
    (limit) => [`limit=${limit.replace(/[ +]/, encodeURIComponent)}`, ['limit']] as const,
  ),
  ['limit=9007199254740993', ['limit']],
  ['limit=1&limit=2', ['limit']],
  ['limit=1&limit=1', ['limit']],
  ['limit[]=1', ['limit[]']],
  ['limit=%zz', ['limit']],
  ['limit', ['limit']],
  ...['', 'abc', 'null', '0', 'ord_', 'ord_x', 'cus_', `ord_${'0'.repeat(31)}`, "'%20OR%201=1"].map(
    (cursor) => [`cursor=${cursor}`, ['cursor']] as const,
  ),
  [`cursor=ord_${'0'.repeat(33)}`, ['cursor']],
  [`cursor=ord_${'G'.repeat(32)}`, ['cursor']],
  [`cursor=${'0'.repeat(8000)}`, ['cursor']],
  [`cursor=%00ord_${'0'.repeat(32)}`, ['cursor']],
  [`cursor=ord_${'0'.repeat(32)}%0a`, ['cursor']],
  [`cursor=ord_${'0'.repeat(32)}&cursor=ord_${'1'.repeat(32)}`, ['cursor']],
  ['user=bob', ['user']],
  ['offset=1', ['offset']],
  ['Limit=1', ['Limit']],
  ['=1', ['']],
  ['__proto__=1', ['__proto__']],
  ['__proto__[limit]=1', ['__proto__[limit]']],
  ['constructor=1', ['constructor']],
  ['a%00=1', ['a\0']],
  ['limit=0&cursor=x&sort=asc', ['limit', 'cursor', 'sort']],
]

for (const path of ['/order', '/product']) {
  for (const [query, at] of queries) {
    const shown = query.length > 60 ? `${query.slice(0, 60)}…` : query
    test(`GET ${path}?${shown} is refused by the name of the parameter.`, async (t) => {
      const answer = await sendRaw(url, { path: `${path}?${query}` })
      isProblem(t, answer, { code: 'invalid_request', path, at })
    })
  }
}

for (const [path, cursor] of [
  ['/order', mug],
  ['/product', order],
]) {
  test(`GET ${path} refuses a cursor of the other list.`, async (t) => {
    const answer = await sendRaw(url, { path: `${path}?cursor=${cursor}` })
    t.is(answer.status, 422)
  })
}

test.after.always(api.stop)
