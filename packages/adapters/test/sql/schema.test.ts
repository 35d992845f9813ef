import { lifecycle, OPEN_STATES } from '@holdfast/domain'
import test from 'ava'
import { sqlite } from '../../src/sql/dialects.ts'
import { duplicateWindow } from '../../src/sql/migrations/0009-duplicate-window.ts'

const schema = duplicateWindow.statements(sqlite).join('\n')

test('the schema allows exactly the steps of the lifecycle, the two creations, the edits and that an order is let go', (t) => {
  const steps = Object.entries(lifecycle).flatMap(([from, moves]) =>
    Object.entries(moves).map(([action, to]) => `${from} ${action} ${to}`),
  )
  const others = [
    ' create CREATED',
    ' create ORDER_FAILED',
    'ORDER_FAILED retryOrder ORDER_FAILED',
    'CREATED modify CREATED',
    'PAYMENT_FAILED modify PAYMENT_FAILED',
    'ORDER_FAILED letGo ORDER_FAILED',
    'PAYMENT_FAILED letGo PAYMENT_FAILED',
  ]
  const inSchema = [...schema.matchAll(/'([A-Z_]* [a-zA-Z]+ [A-Z_]+)',?\n/g)].map(
    ([, step]) => step,
  )
  t.deepEqual(inSchema.toSorted(), [...steps, ...others].toSorted())
})

test('what counts as an open order is the same in the schema and in the rule', (t) => {
  for (const name of ['orders_open_basket', 'orders_open_of_basket']) {
    const index = new RegExp(`index ${name} .*?state in \\(([^)]*)\\)`, 's').exec(schema)?.[1] ?? ''
    t.deepEqual(index.match(/[A-Z_]+/g)?.toSorted(), [...OPEN_STATES].toSorted(), name)
  }
})
