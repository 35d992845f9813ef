import { ordersOf, type Plant, withoutKeys } from './plant.ts'

const noBasket = '0'.repeat(64)

/** What breaks stock and orders, by the invariant that it is there for and a few words. */
export const plantsOfOrders: Readonly<Record<string, Plant>> = {
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
  'I8 an order that is gone': {
    breaks: ['I8'],
    sql: [`delete from orders where user_id = 'dan'`],
  },
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
}
