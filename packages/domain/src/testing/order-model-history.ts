import { strict as assert } from 'node:assert'
import type { Payment } from '../rules/payment.ts'
import { brokenInvariants, unsettled } from './order-invariants.ts'
import { OrderModel } from './order-model.ts'
import { checkAgreement } from './order-model-agreement.ts'
import type { OrderCommand, ProductCommand } from './order-model-commands.ts'
import { idsOf, ORDER_TTL_MS, type Prediction, STOCK } from './order-model-parts.ts'
import {
  type Answer,
  euros,
  nthLast,
  type Request,
  requestFor,
  type Subject,
} from './order-model-requests.ts'
import { type OrderWorld, viewOf } from './order-model-world.ts'
import { snapshotOf } from './snapshot.ts'

/** What a key was used for first. `answer` is its final answer, once that has been seen. */
type KnownKey = { readonly text: string; readonly prediction: Prediction; answer?: string }

/** One history under way. `sent` are the requests that had a key of their own. */
type Run = Subject &
  Readonly<{
    sent: Readonly<{ request: Request; key: string }>[]
    keys: Map<string, KnownKey>
  }>

/**
 * Does to a world and to the model what the commands say, and fails where the two differ or an invariant breaks. At the
 * end an hour passes, in which all that was left open must come to an end. Says how often each corner was reached.
 */
export const runOrderHistory = async (
  world: OrderWorld,
  commands: readonly OrderCommand[],
): Promise<ReadonlyMap<string, number>> => {
  const model = new OrderModel()
  const run: Run = { world, model, productIds: new Map(), sent: [], keys: new Map() }
  world.time.now = model.now
  await addProducts(run)
  const ending: OrderCommand[] = [
    { do: 'advance', ms: 3_600_000 },
    { do: 'reconcile', all: false, outage: false },
    { do: 'expire', ms: ORDER_TTL_MS },
  ]
  for (const [index, command] of [...commands, ...ending].entries()) {
    const wrong = [...(await wrongAfter(run, command))]
    if (command === ending.at(-1)) wrong.push(...unsettled(await snapshotOf(world)))
    const where = `Command ${index}, ${JSON.stringify(command)}`
    if (wrong.length > 0) throw new Error(`${where}:\n${wrong.join('\n')}`)
  }
  return model.visits
}

/** What is wrong after a command: invariants that broke, and what the model did not expect. */
const wrongAfter = async (run: Run, command: OrderCommand): Promise<readonly string[]> => {
  const asText = (error: unknown) => [error instanceof Error ? error.message : String(error)]
  const surprises = await step(run, command).then(() => [], asText)
  const snapshot = await snapshotOf(run.world)
  const broken = brokenInvariants(snapshot)
  if (surprises.length > 0) return [...broken, ...surprises]
  try {
    checkAgreement(snapshot, run.model)
    return broken
  } catch (error) {
    return [...broken, ...asText(error)]
  }
}

const step = async (run: Run, command: OrderCommand): Promise<void> => {
  const { world, model, sent } = run
  model.gatewayReachable = !('outage' in command && command.outage)
  world.gateway.reachable = model.gatewayReachable
  if ('ms' in command) model.now += command.ms
  world.time.now = model.now
  if (command.do === 'advance') return
  if (command.do === 'reconcile') {
    await reconcileBoth(run, command.all)
  } else if (command.do === 'expire') {
    assert.deepEqual(idsOf(await world.useCases.expireOrders()), idsOf(model.expire()), 'ran out')
  } else if ('sku' in command) {
    await changeProductInBoth(run, command)
  } else if (command.do === 'repeat') {
    const earlier = nthLast(sent, command.nth)
    if (earlier) await send(run, earlier.request, earlier.key)
  } else {
    const request = requestFor(run, command)
    if (!request) return
    const times = 'atOnce' in command ? command.atOnce : 1
    const choice = request.isRetry && times > 1 && command.key === 'none' ? 'fresh' : command.key
    if (choice === 'fresh') sent.push({ request, key: `key-${sent.length}` })
    const key = choice === 'none' ? undefined : nthLast(sent, choice === 'fresh' ? 0 : choice)?.key
    // Of keyless retries at once, a second one may begin when the first was declined already: it depends on time.
    await send(run, request, key, request.isRetry && key === undefined ? 1 : times)
  }
}

const BY_ADMIN = { by: { operator: 'admin' } } as const

const addProducts = async ({ world, model, productIds }: Run): Promise<void> => {
  for (const [code, quantity] of Object.entries(STOCK)) {
    const product = { ...BY_ADMIN, sku: code, name: code, description: '', price: euros(100) }
    const added = await world.useCases.createProduct({ ...product, quantity })
    const { id } = added._unsafeUnwrap()
    productIds.set(code, id)
    model.stock.products.set(id, { quantity, price: 100 })
  }
}

const changeProductInBoth = async (run: Run, { do: what, sku, amount }: ProductCommand) => {
  const changes = {
    add: { quantityDelta: amount - 1 },
    set: { quantity: amount },
    price: { price: euros(100 + amount) },
  }[what]
  const productId = run.productIds.get(sku) ?? ''
  const { code } = run.model.changeProduct(productId, changes)
  const answer = await run.world.useCases.updateProduct({ ...BY_ADMIN, productId, ...changes })
  assert.equal(answer.isErr() ? answer.error.code : undefined, code)
}

const reconcileBoth = async ({ world, model }: Run, all: boolean): Promise<void> => {
  const asked = model.reconcile(all)
  const answer = await world.useCases.reconcilePayments({ all })
  const isPending = ({ state }: Readonly<{ state: string }>) => state === 'PENDING'
  assert.deepEqual(idsOf(answer.stillPending), idsOf(asked.filter(isPending)), 'still pending')
  const over = asked.filter((each) => !isPending(each))
  assert.deepEqual(idsOf(answer.concluded), idsOf(over), 'concluded')
}

/** Refusals that a key does not keep. */
const NOT_KEPT: readonly (string | undefined)[] = [
  ...['order_not_found', 'payment_attempts_exceeded', 'too_many_unpaid_orders'],
  'payment_outcome_unknown',
]

/** Sends a request, several times at once if need be, and judges the answers. */
const send = async (run: Run, request: Request, key: string | undefined, times = 1) => {
  const [{ model, keys }, { user }] = [run, request]
  const text = JSON.stringify(request.body)
  const known = key === undefined ? undefined : keys.get(`${user} ${key}`)
  const replay = known?.text === text && isFinal(known.prediction) ? known : undefined
  const reused = known !== undefined && known.text !== text
  const sending = { isRepeat: known !== undefined, asOthers: times > 1 }
  const fresh = () => (reused ? model.refuse('idempotency_key_reused') : request.predict(sending))
  const prediction = replay?.prediction ?? fresh()

  let replays = 0
  const onReplay = () => {
    replays += 1
  }
  const claim = key === undefined ? {} : { idempotency: { key, fingerprint: text, onReplay } }
  const how = { by: { user }, ...claim }
  const answers = await Promise.all(Array.from({ length: times }, () => request.send(how)))
  const isFinished = replay ?? (known && !reused && isFinal(prediction))
  if (times === 1) assert.equal(replays, isFinished ? 1 : 0, 'replays')
  if (times > 1) model.visit('the same request several times at once')
  if (replay) {
    model.visit('key replayed')
    for (const answer of answers) judgeReplay(answer, replay)
    return
  }
  const first = judge(answers, prediction, key !== undefined)
  if (key === undefined || known || NOT_KEPT.includes(prediction.code)) return
  const answer = isFinal(prediction) ? { answer: first.text } : {}
  keys.set(`${user} ${key}`, { text, prediction, ...answer })
}

/** Learns the ids that the system gave. Of racing repeats one brings the predicted answer, and the others agree. */
const judge = (answers: readonly Answer[], prediction: Prediction, hasKey: boolean): Answer => {
  const { code, order, payment, ifMet } = prediction
  if (answers.some((answer) => answer.payment?.state !== 'PENDING')) ifMet?.()
  const first = answers.find((answer) => answer.payment?.state === payment?.state) ?? answers[0]
  assert.ok(first)
  assert.equal(first.code, code)
  if (order && first.order) order.id ||= first.order.id
  if (payment && first.payment) payment.id ||= first.payment.id
  assert.deepEqual(stateOf(first.payment), stateOf(payment))
  assert.deepEqual(first.order && viewOf(first.order), order)
  for (const echo of answers.filter((answer) => answer !== first)) {
    // One that came after the end of the attempt, and has no key, is told what has become of the order.
    const isLate = payment && isFinal(prediction) && !hasKey && echo.code !== undefined
    if (isLate) assert.match(echo.code, /^(order_already_paid|illegal_transition)$/)
    else assert.deepEqual([echo.code, echo.payment?.id], [code, payment?.id])
  }
  return first
}

const judgeReplay = (answer: Answer, known: KnownKey): void => {
  const { code, payment } = known.prediction
  assert.deepEqual([answer.code, stateOf(answer.payment)], [code, stateOf(payment)])
  known.answer ??= answer.text
  assert.equal(answer.text, known.answer, 'A key gave another answer than its first.')
}

const isFinal = ({ payment }: Prediction): boolean => payment?.state !== 'PENDING'

const stateOf = (payment: Pick<Payment, 'id' | 'state'> | undefined) =>
  payment && `${payment.id} ${payment.state}`
