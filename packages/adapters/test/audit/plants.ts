import type { LedgerEntry } from '../../src/gateway/fake-ledger.ts'

/**
 * Something that the service never writes, in the database or in the ledger of what `trade` left, and every invariant that
 * it breaks. Changes to the ledger name a user: it is the entry of their last payment that is changed.
 */
export type Plant = Readonly<{
  breaks: readonly string[]
  sql?: readonly string[]
  entryOf?: string
  becomes?: Partial<LedgerEntry> | null
}>

const ordersOf = (user: string) => `(select id from orders where user_id = '${user}')`
const paymentsOf = (user: string) => `(select id from payments where order_id in ${ordersOf(user)})`
const noBasket = '0'.repeat(64)

/** Makes a table anew, without its keys. */
const withoutKeys = (table: string): readonly string[] => [
  `create table other as select * from ${table}`,
  `drop table ${table}`,
  `alter table other rename to ${table}`,
]

/** Plants by the invariant that they are there for, and a few words. */
export const plants: Readonly<Record<string, Plant>> = {
  'I1 more reserved than ordered': {
    breaks: ['I1'],
    sql: [`update products set reserved = reserved + 1 where sku = 'mug'`],
  },
  'I2 more on hand than was set': {
    breaks: ['I2'],
    sql: [`update products set quantity = quantity + 1 where sku = 'mug'`],
  },
  'I2 a sale without its movement': {
    breaks: ['I1', 'I2', 'L2'],
    sql: [`delete from stock_movements where kind = 'deduct' and order_id in ${ordersOf('hal')}`],
  },
  'I3 more reserved than on hand': {
    breaks: ['I1', 'I3'],
    sql: [`update products set reserved = quantity + 1 where sku = 'mug'`],
  },
  'I3 less reserved than nothing': {
    breaks: ['I1', 'I3'],
    sql: [`update products set reserved = -1 where sku = 'cup'`],
  },
  'I4 no lines': {
    breaks: ['I1', 'I4', 'I5', 'I7', 'L2'],
    sql: [`delete from order_lines where order_id in ${ordersOf('ann')}`],
  },
  'I4 a product twice': {
    breaks: ['I1', 'I4', 'I5', 'I7', 'L2'],
    sql: [
      ...withoutKeys('order_lines'),
      `insert into order_lines select * from order_lines where order_id in ${ordersOf('ann')}`,
    ],
  },
  'I5 another total': {
    breaks: ['I5'],
    sql: [`update orders set total_minor = total_minor + 1 where user_id = 'ann'`],
  },
  'I6 two open orders of a basket': {
    breaks: ['I6'],
    sql: [`update orders set user_id = 'ann' where user_id = 'ben'`],
  },
  'I7 another fingerprint': {
    breaks: ['I7'],
    sql: [`update orders set basket = '${noBasket}' where user_id = 'ann'`],
  },
  'I8 a state without its history': {
    breaks: ['I1', 'I8', 'L2'],
    sql: [`update orders set state = 'CREATED' where user_id = 'eve'`],
  },
  'I8 a gap in history': {
    breaks: ['I8', 'I11'],
    sql: [`delete from order_history where seq = 2 and order_id in ${ordersOf('cat')}`],
  },
  'I8 an order that is gone': { breaks: ['I8'], sql: [`delete from orders where user_id = 'dan'`] },
  'I9 a step that does not exist': {
    breaks: ['I9'],
    sql: [`update order_history set action = 'cancel' where action = 'startPayment'`],
  },
  'I10 a step after the end': {
    breaks: ['I8', 'I9', 'I10'],
    sql: [`update order_history set from_state = 'PAYMENT_DONE' where action = 'retryPayment'`],
  },
  'I11 another version': {
    breaks: ['I11'],
    sql: [`update orders set version = version + 1 where user_id = 'ann'`],
  },
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
