import { type Payment, StoreUnavailable } from '@holdfast/domain'
import test from 'ava'
import { pino } from 'pino'
import { startBackground } from '../src/background.ts'

test('a payment that is overdue is told in the log; one that is merely pending is not', async (t) => {
  const lines: string[] = []
  const log = pino({}, { write: (line) => lines.push(line) })
  const pending = { orderId: 'ord_1', state: 'PENDING', overdue: false } as const
  const stillPending = [
    { ...pending, id: 'pay_1' },
    { ...pending, id: 'pay_2', overdue: true },
  ] as readonly Partial<Payment>[] as readonly Payment[]
  const background = startBackground(
    {
      reconcilePayments: async () => ({ concluded: [], stillPending, owed: [] }),
      settleRefunds: async () => ({ confirmed: [], stillOwed: [] }),
      expireOrders: async () => [],
      forgetKeys: async () => 0,
      ensure: async () => undefined,
    },
    log,
  )
  await background.stop()
  const told = lines.map((line) => JSON.parse(line))
  t.like(told, [{ level: 40, paymentId: 'pay_2', orderId: 'ord_1' }])
  t.is(told.length, 1)
})

test('in the background an outage is a warning in the log, a bug an error', async (t) => {
  const lines: string[] = []
  const log = pino({}, { write: (line) => lines.push(line) })
  const background = startBackground(
    {
      reconcilePayments: () => Promise.reject(new StoreUnavailable('The database is away.')),
      settleRefunds: () => Promise.reject(new TypeError('A bug.')),
      expireOrders: async () => [],
      forgetKeys: async () => 0,
      ensure: async () => undefined,
    },
    log,
  )
  await background.stop()
  const told = lines.map((line) => JSON.parse(line))
  t.like(told, [
    { level: 40, err: { message: 'The database is away.' } },
    { level: 50, err: { message: 'A bug.' } },
  ])
  t.is(told.length, 2)
})
