import { basketFingerprint } from '@holdfast/domain'
import type { Dialect } from '../../../src/sql/dialects.ts'
import type { Run } from '../../../src/sql/driver.ts'

/** When all of it happened, when the day begins that is looked at, and when what is there is due: in ms since 1970. */
const THEN = 1_000_000
export const TODAY = 2_000_000_000
const LATER = TODAY + 900_000

/** The customer who orders more than all others, always the same basket. */
export const busy = { userId: 'ann', productId: `prod_${'b'.repeat(32)}` }

const basket = basketFingerprint([{ productId: busy.productId, quantity: 1 }])

/** Orders that are over, and those that are not: each of these holds something up, a charge, a refund, a key. */
const OVER = 30_000
const OPEN = 2000

/** The busy customer's past: 30,000 orders, most of them paid, the rest failed for good. */
export const fillWithPast = async (run: Run, dialect: Dialect): Promise<void> => {
  await run(
    `insert into products (id, sku, name, description, price_minor, currency, quantity, reserved, created_at, updated_at)
     values ('${busy.productId}', 'BUSY', 'Mug', '', 100, 'EUR', 1000000, 1000, ${THEN}, ${THEN})`,
  )
  await fill(run, dialect, {
    ...{ from: 1, to: OVER },
    state: `case i % 3 when 0 then 'PAYMENT_FAILED' else 'PAYMENT_DONE' end`,
    refund: 'CONFIRMED',
  })
}

/** What is under way: 2,000 orders of the same basket, unpaid, being paid, or failed with a refund that is owed. */
export const fillWithPresent = (run: Run, dialect: Dialect): Promise<void> =>
  fill(run, dialect, {
    ...{ from: OVER + 1, to: OVER + OPEN },
    state: `case i % 3 when 0 then 'CREATED' when 1 then 'PAYMENT_IN_PROGRESS' else 'PAYMENT_FAILED' end`,
    refund: 'OWED',
  })

type Kinds = Readonly<{ from: number; to: number; state: string; refund: string }>

const fill = async (run: Run, dialect: Dialect, { from, to, state, refund }: Kinds) => {
  const numbers = dialect.isShared
    ? `select generate_series(${from}, ${to}) as i`
    : `with recursive n (i) as (select ${from} union all select i + 1 from n where i < ${to}) select i from n`
  const id = (prefix: string) => `'${prefix}_' || cast(1000000 + i as text)`
  const orders = `(select i, ${id('ord')} as id, ${state} as state from (${numbers}) as n) as o`
  const version = `case state when 'CREATED' then 1 when 'PAYMENT_IN_PROGRESS' then 2 else 3 end`
  const paid = `case state when 'PAYMENT_DONE' then 'SUCCEEDED' when 'PAYMENT_FAILED' then 'FAILED' else 'PENDING' end`
  const step = (seq: number, action: string, [before, after]: readonly string[], which: string) =>
    `insert into order_history (order_id, seq, previous_seq, from_state, to_state, action, actor, at)
     select id, ${seq}, ${seq === 1 ? 'null' : seq - 1}, ${before}, ${after}, ${action}, 'ann', ${THEN}
     from ${orders} where ${which}`
  const ended = `case state when 'PAYMENT_DONE' then 'paymentSucceeded' else 'paymentFailed' end`
  const statements = [
    step(1, `'create'`, ['null', `'CREATED'`], `true`),
    step(2, `'startPayment'`, [`'CREATED'`, `'PAYMENT_IN_PROGRESS'`], `state <> 'CREATED'`),
    step(3, ended, [`'PAYMENT_IN_PROGRESS'`, 'state'], `${version} = 3`),
    `insert into orders (id, user_id, state, basket, allow_duplicate, total_minor, currency, version, created_at, updated_at)
     select id, '${busy.userId}', state, '${basket}', 1, 100, 'EUR', ${version}, ${THEN}, ${THEN} from ${orders}`,
    `insert into order_lines (order_id, position, product_id, sku, name, quantity, unit_price_minor)
     select id, 0, '${busy.productId}', 'BUSY', 'Mug', 1, 100 from ${orders}`,
    `insert into payments (id, order_id, attempt, state, amount_minor, currency, order_version, payment_method,
       failure_code, failure_detail, overdue, deadline_at, next_check_at, created_at, updated_at)
     select ${id('pay')}, id, 1, ${paid}, 100, 'EUR', 2, 'fake_approve',
       case ${paid} when 'FAILED' then 'declined' end, case ${paid} when 'FAILED' then 'No.' end, 0, ${THEN},
       case ${paid} when 'PENDING' then ${LATER} end, ${THEN}, ${THEN}
     from ${orders} where state <> 'CREATED'`,
    `insert into refunds (payment_id, state, amount_minor, currency, attempts, next_attempt_at, created_at, updated_at)
     select ${id('pay')}, '${refund}', 100, 'EUR', 1, ${LATER}, ${THEN}, ${THEN}
     from ${orders} where state = 'PAYMENT_FAILED'`,
    `insert into stock_movements (id, product_id, kind, quantity_delta, reserved_delta, order_id, actor, at)
     select ${id('mov')}, '${busy.productId}', 'reserve', 0, 1, id, 'ann', ${THEN} from ${orders}`,
    `insert into idempotency_keys (user_id, key, fingerprint, payment_id, outcome, created_at)
     select '${busy.userId}', ${id('key')}, 'f', ${id('pay')},
       case state when 'PAYMENT_IN_PROGRESS' then null else '{}' end, ${LATER} from ${orders}`,
    `insert into gateway_notifications (event_id, payment_id, type, received_at)
     select ${id('evt')}, ${id('pay')}, 'captured', ${LATER} from ${orders}`,
  ]
  for (const statement of statements) await run(statement)
}
