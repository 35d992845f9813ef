import test from 'ava'
import { openLog } from '../../src/operation/log.ts'
import { terminalLog } from '../../src/operation/terminal-log.ts'

const secret = 'hush-hush-hush-hush-hush-hush-hush'

/** A log for a terminal without colours, and what it has written. */
const open = () => {
  const written: string[] = []
  const { log } = openLog(
    {
      logLevel: 'trace',
      database: { kind: 'postgres', url: 'postgres://ann:hush@db.example/shop' },
      auth: { kind: 'jwt', keys: { secret }, issuer: undefined, audience: undefined, leewayMs: 0 },
      gatewaySecret: undefined,
    },
    terminalLog((text) => written.push(text)),
  )
  return { log, written }
}

const request = {
  ...{ requestId: '873a134a', status: 402, durationMs: 12.3, method: 'POST', route: '/payment' },
  ...{ address: '127.0.0.1', user: 'ann', order: 'ord_1', payment: 'pay_1' },
  code: 'payment_declined',
}

test('On a terminal a request is one short line, with what its message does not say.', (t) => {
  const { log, written } = open()
  log.info(request, 'POST /payment 402')
  t.is(written.length, 1)
  t.regex(
    written[0] ?? '',
    /^\d\d:\d\d:\d\dZ info {2}POST \/payment 402 {2}12\.3 ms {2}user=ann order=ord_1 code=payment_declined\n$/,
  )
})

test('On a terminal each level has its name, and other lines their fields.', (t) => {
  const { log, written } = open()
  for (const level of ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const) {
    log[level]({ paymentId: 'pay_1', orderId: 'ord_1' }, 'A payment was concluded')
  }
  t.deepEqual(
    written.map((line) => line.slice(10)),
    ['fatal', 'error', 'warn ', 'info ', 'debug', 'trace'].map(
      (name) => `${name} A payment was concluded  paymentId=pay_1 orderId=ord_1\n`,
    ),
  )
})

test('On a terminal an error is shown with its stack and its causes, below its line.', (t) => {
  const { log, written } = open()
  const error = new Error('no answer', { cause: new Error('reset') })
  log.error({ err: error }, 'Background work failed; it goes on')
  t.regex(written[0] ?? '', /goes on\n {4}Error: no answer\n {4} +at [\s\S]*\n {4}Error: reset\n/)
})

test('On a terminal an outage is shown in a line, and one for each of its causes, without stacks.', (t) => {
  const { log, written } = open()
  const error = new Error('no answer', { cause: new Error('reset') })
  log.warn({ err: error }, 'Background work failed; it goes on')
  t.regex(written[0] ?? '', /goes on\n {4}Error: no answer[^\n]*\n {4}Error: reset\n$/)
})

test('On a terminal no secret is shown either.', (t) => {
  const { log, written } = open()
  log.warn({ err: new Error(`postgres://ann:hush@db.example/shop and ${secret}`) }, secret)
  log.warn(
    { paymentMethod: 'hush', headers: { authorization: secret } },
    'Bearer hush-hush-hush-hush',
  )
  t.notRegex(written.join(''), /hush/)
})

test('On a terminal nothing that is logged can move the cursor or pass for another line.', (t) => {
  const { log, written } = open()
  const evil = 'a\u001b[2Jb\nc\r\u202ed'
  log.warn({ user: evil, err: new Error(evil) }, evil)
  const [line = '', ...others] = (written[0] ?? '').split('\n')
  t.notRegex(written.join(''), /[^\P{C}\n]/u)
  t.true(line.includes('user="a'))
  t.true(others.slice(0, -1).every((each) => each.startsWith('    ')))
})
