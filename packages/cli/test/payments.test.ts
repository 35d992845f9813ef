import test from 'ava'
import { errAsync } from 'neverthrow'
import { openShop, payLate } from './shop.ts'
import { workplace } from './support.ts'

const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

test('payments and refunds are listed by state, for people and as a line of JSON each', async (t) => {
  const { folder, holdfast } = workplace(t)
  t.is((await holdfast(['payment', 'list', '--json'])).stdout, '')
  const shop = await openShop(folder, 10)
  const late = await payLate(shop, 'ann')
  const paid = await shop.pay('ben', 2, 'fake_approve')
  await shop.close()

  const listed = await holdfast(['payment', 'list', '--json'])
  t.like(lines(listed.stdout), [
    { id: paid, refund: null },
    { id: late, refund: { state: 'OWED' } },
  ])
  const some = await holdfast(['payment', 'list', '--state', 'SUCCEEDED', '--json'])
  t.like(lines(some.stdout), [{ id: paid, state: 'SUCCEEDED', amount: { amountMinor: 2598 } }])
  t.is(lines((await holdfast(['payment', 'list', '--limit', '1', '--json'])).stdout).length, 1)
  const overdue = await holdfast(['payment', 'list', '--overdue'])
  t.deepEqual([overdue.code, overdue.stdout, overdue.stderr], [0, '', 'Nothing yet.\n'])
  t.is((await holdfast(['payment', 'list', '--state', 'LOST'])).code, 2)

  const forPeople = await holdfast(['payment', 'list'])
  t.regex(forPeople.stdout, new RegExp(`${late}.*FAILED +12.99 EUR +acknowledgement_timeout +OWED`))
  t.regex((await holdfast(['payment', 'show', late])).stdout, /refund +12\.99 EUR, OWED/)
  const refunds = await holdfast(['refund', 'list', '--owed', '--json'])
  t.like(lines(refunds.stdout), [{ paymentId: late, state: 'OWED', attempts: 3 }])
  t.regex((await holdfast(['refund', 'list'])).stdout, new RegExp(`${late} +OWED +12.99 EUR +3`))
})

test('reconcile asks about what is due, with --all about every payment, and tells what came of it', async (t) => {
  const { folder, holdfast } = workplace(t)
  const shop = await openShop(folder, 10)
  const late = await payLate(shop, 'ann')
  const silent = await shop.pay('ben', 2, 'fake_timeout')

  const first = await holdfast(['payment', 'reconcile', '--json'])
  t.is(first.code, 0, first.stderr)
  t.like(JSON.parse(first.stdout), {
    concluded: [{ id: silent, state: 'FAILED', failure: { code: 'acknowledgement_timeout' } }],
    stillPending: [],
    owed: [],
    refundsConfirmed: [{ paymentId: late, state: 'CONFIRMED' }],
    refundsStillOwed: [],
  })
  t.is((await holdfast(['refund', 'list', '--owed', '--json'])).stdout, '')
  const again = await holdfast(['payment', 'reconcile'])
  t.deepEqual([again.code, again.stdout, again.stderr], [0, 'nothing was due\n', ''])

  shop.wait(375) // What begins now is not due yet.
  const slow = await shop.pay('cat', 3, 'fake_late_capture')
  await shop.close()
  const all = await holdfast(['payment', 'reconcile', '--all'])
  t.regex(all.stdout, new RegExp(`still pending +${slow} +PENDING +38.97 EUR`))
})

test('an overdue payment is shown with whose it is, its method, its deadline, and how often and when it is asked about', async (t) => {
  const { folder, holdfast } = workplace(t)
  const shop = await openShop(folder, 10, { lookup: unknown, void: unknown })
  const paymentId = await shop.pay('ben', 2, 'fake_timeout')
  for (const seconds of [2, 100, 100]) {
    shop.wait(seconds)
    await shop.useCases.reconcilePayments()
  }
  await shop.close()

  const shown = await holdfast(['payment', 'show', paymentId])
  t.regex(shown.stdout, /^state +PENDING, overdue$/m)
  t.regex(shown.stdout, /^user +ben$/m)
  t.regex(shown.stdout, /^method +fake_timeout$/m)
  t.regex(shown.stdout, /^asked +3 times$/m)
  const { createdAt, ...json } = JSON.parse(
    (await holdfast(['payment', 'show', paymentId, '--json'])).stdout,
  )
  const after = (time: string) => Math.round((Date.parse(time) - Date.parse(createdAt)) / 1000)
  t.like(json, { userId: 'ben', paymentMethod: 'fake_timeout', checks: 3, overdue: true })
  t.is(after(json.deadlineAt), 180)
  t.true(after(json.nextCheckAt) > 202)
  const time = (name: string) => shown.stdout.match(new RegExp(`^${name} +(\\S+) (\\S+)Z$`, 'm'))
  t.is(time('deadline')?.slice(1).join('T'), json.deadlineAt.slice(0, 19))
  t.is(time('next check')?.slice(1).join('T'), json.nextCheckAt.slice(0, 19))
})

const unknown = () => errAsync({ code: 'outcome_unknown', detail: 'It is silent.' } as const)
