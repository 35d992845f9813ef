import type { Order, Store } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { type Dialect, postgres, sqlite } from '../../src/sql/dialects.ts'
import type { Run, SqlDriver } from '../../src/sql/driver.ts'
import { migrate } from '../../src/sql/migrate.ts'
import { duplicateWindow } from '../../src/sql/migrations/0009-duplicate-window.ts'
import { temporaryPostgres, temporarySqlite } from '../support.ts'
import { busy, fillWithPast } from './plans/busy-shop.ts'

type Opened = Readonly<{ store: Store; driver: SqlDriver; dialect: Dialect }>

const databases: Readonly<Record<string, (t: ExecutionContext) => Promise<Opened>>> = {
  SQLite: async (t) => ({ ...(await temporarySqlite(t)), dialect: sqlite }),
  PostgreSQL: async (t) => ({ ...(await temporaryPostgres(t)), dialect: postgres }),
}

const first = async (store: Store) => {
  const [order] = await store.listGivenUp({
    state: 'PAYMENT_FAILED',
    changedBefore: 2_000_000,
    limit: 1,
  })
  if (!order) throw new Error('There is no failed order.')
  return order
}

const letGo = async (store: Store) => {
  const { history, ...failed } = await first(store)
  const seq = failed.version + 1
  const of = { reason: 'expired', paymentId: null, at: 3_000_000 }
  const { state } = failed
  const row = { seq, from: state, to: state, action: 'letGo', actor: 'system', ...of } as const
  const order: Order = { ...failed, version: seq, updatedAt: of.at, history: [...history, row] }
  await store.transaction({ order: { orderId: order.id } }, () => ({
    value: undefined,
    changes: { order },
  }))
  return order
}

/** What an older server writes for an edit: it does not know of `let_go_version`. */
const writeAsBefore = async (run: Run, id: string) => {
  await run(
    `insert into order_history (order_id, seq, previous_seq, from_state, to_state, action, actor, at)
     values ('${id}', 5, 4, 'PAYMENT_FAILED', 'PAYMENT_FAILED', 'modify', 'ann', 3000000)`,
  )
  await run(
    `update orders set version = 5, updated_at = 3000000 where id = '${id}' and version = 4`,
  )
}

/** Undoes the migration, as far as an older server can tell. */
const takeBack = async (run: Run, dialect: Dialect) => {
  for (const index of ['open_basket', 'open_of_basket', 'paid_of_basket', 'failed']) {
    await run(`drop index orders_${index}`)
  }
  await run('alter table orders drop column let_go_version')
  await run(
    `create unique index orders_open_basket on orders (user_id, basket)
       where allow_duplicate = 0 and state in ('CREATED', 'ORDER_FAILED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED')`,
  )
  await run(
    `create index orders_open_of_basket on orders (user_id, basket, id)
       where state in ('CREATED', 'ORDER_FAILED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED')`,
  )
  await fillWithPast(run, dialect)
  await run(`delete from schema_migrations where name = '${duplicateWindow.name}'`)
}

for (const [name, open] of Object.entries(databases)) {
  test(`on ${name}, orders of before can be let go, and count again when an older server has touched them`, async (t) => {
    const { store, driver, dialect } = await open(t)
    await driver.migration((run) => takeBack(run, dialect))
    t.deepEqual(await migrate(driver, dialect), [duplicateWindow.name])

    const gone = await letGo(store)
    t.deepEqual(await store.findOrder({ orderId: gone.id }), gone)
    const other = (await first(store)).id
    const twinOfOther = () =>
      store.transaction(
        { order: { orderId: other }, basket: { userId: busy.userId } },
        ({ sameBasket }) => ({ value: sameBasket?.id }),
      )
    t.not(await twinOfOther(), gone.id)
    await driver.migration((run) => writeAsBefore(run, gone.id))
    t.is(await twinOfOther(), gone.id, 'the one with the least id of those that count')
  })

  test(`on ${name}, no order is let go that did not fail`, async (t) => {
    const { driver } = await open(t)
    const insert = (state: string) =>
      driver.migration((run) =>
        run(
          `insert into order_history (order_id, seq, previous_seq, from_state, to_state, action, actor, at)
           values ('ord_1', 1, null, null, 'CREATED', 'create', 'ann', 1),
             ('ord_1', 2, 1, 'CREATED', '${state}', 'letGo', 'system', 2)`,
        ),
      )
    await t.throwsAsync(insert('CREATED'), { message: /history_follows_the_lifecycle/ })
    await t.throwsAsync(insert('PAYMENT_FAILED'), { message: /history_follows_the_lifecycle/ })
  })
}
