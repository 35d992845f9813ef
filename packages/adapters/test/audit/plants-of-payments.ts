import { ordersOf, type Plant, paymentsOf, withoutKeys } from './plant.ts'

/** What breaks payments, and what the gateway knows of them, likewise. */
export const plantsOfPayments: Readonly<Record<string, Plant>> = {
  'I12 two attempts that succeeded': {
    breaks: ['I12', 'I14', 'G4'],
    sql: [`update payments set state = 'SUCCEEDED' where order_id in ${ordersOf('cat')}`],
  },
  'I12 two attempts under way': {
    breaks: ['I12', 'I13', 'I14', 'I15', 'G2', 'L1'],
    sql: [`update payments set state = 'PENDING' where order_id in ${ordersOf('cat')}`],
  },
  'I13 in progress without an attempt': {
    breaks: ['I8', 'I13'],
    sql: [`update orders set state = 'PAYMENT_IN_PROGRESS' where user_id = 'ann'`],
  },
  'I14 paid for another version': {
    breaks: ['I14'],
    sql: [`update payments set order_version = 1 where order_id in ${ordersOf('hal')}`],
  },
  'I14 another amount': {
    breaks: ['I14', 'G4'],
    sql: [`update payments set amount_minor = 1 where order_id in ${ordersOf('hal')}`],
  },
  'I15 an attempt that began before the last one ended': {
    breaks: ['I15'],
    sql: [
      `update payments set updated_at = updated_at + 60000
        where attempt = 1 and order_id in ${ordersOf('cat')}`,
    ],
  },
  'I15 a second attempt without a first': {
    breaks: ['I15'],
    sql: [`update payments set attempt = 2 where order_id in ${ordersOf('dan')}`],
  },
  'I16 a refund of what succeeded': {
    breaks: ['I16', 'G3'],
    sql: [`update refunds set payment_id = ${paymentsOf('hal')}`],
  },
  'I16 a refund of nothing': {
    breaks: ['I16', 'G3'],
    sql: [`update refunds set payment_id = 'pay_nobody'`],
  },
  'I16 a refund of another amount': {
    breaks: ['I16', 'G3'],
    sql: ['update refunds set amount_minor = amount_minor + 1'],
  },
  'I16 two refunds of a payment': {
    breaks: ['I16'],
    sql: [...withoutKeys('refunds'), 'insert into refunds select * from refunds'],
  },
  'G1 captured twice': { breaks: ['G1'], entryOf: 'hal', becomes: { captures: 2 } },
  'G1 given back although it succeeded': {
    breaks: ['G1', 'G3'],
    entryOf: 'hal',
    becomes: { refunds: 1 },
  },
  'G2 captured and never given back': {
    breaks: ['G1', 'G2', 'G3'],
    entryOf: 'fay',
    becomes: { refunds: 0 },
  },
  'G2 captured although it was declined': {
    breaks: ['G1', 'G2'],
    entryOf: 'dan',
    becomes: { state: 'captured', captures: 1 },
  },
  'G2 about to be captured although it was declined': {
    breaks: ['G1', 'G2'],
    entryOf: 'dan',
    becomes: { capturesAt: 9e12 },
  },
  'G3 given back twice': { breaks: ['G1', 'G3'], entryOf: 'fay', becomes: { refunds: 2 } },
  'G3 given back without a capture': {
    breaks: ['G1', 'G3'],
    entryOf: 'fay',
    becomes: { captures: 0 },
  },
  'G3 confirmed without a capture': { breaks: ['G3'], entryOf: 'fay', becomes: null },
  'G4 another amount': {
    breaks: ['G4'],
    entryOf: 'hal',
    becomes: { amount: { amountMinor: 1, currency: 'EUR' } },
  },
  'G4 a success that the gateway does not know': {
    breaks: ['G1', 'G4'],
    entryOf: 'hal',
    becomes: null,
  },
  'G5 a key that is no payment': {
    breaks: ['G5'],
    sql: [`delete from payments where order_id in ${ordersOf('dan')}`],
  },
  'L1 an attempt that is open': {
    breaks: ['I13', 'L1'],
    sql: [`update payments set state = 'PENDING' where order_id in ${ordersOf('dan')}`],
  },
  'L2 a key that waits': {
    breaks: ['L2'],
    sql: [`update idempotency_keys set outcome = null where user_id = 'hal'`],
  },
  'L2 a debt': { breaks: ['L2'], sql: [`update refunds set state = 'OWED'`] },
  'L2 a lease without an end': {
    breaks: ['L2'],
    sql: [
      `update payments set next_check_at = 1, leased_until = 9000000000000000
        where order_id in ${ordersOf('dan')}`,
    ],
  },
  'L2 stock that a cancelled order holds': {
    breaks: ['I1', 'L2'],
    sql: [`delete from stock_movements where kind = 'release' and order_id in ${ordersOf('eve')}`],
  },
}
