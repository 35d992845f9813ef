import { noStockConstraint, type PlantedBug } from './planted-bug.ts'

const LIFECYCLE = 'rules/order-lifecycle.ts'
const CANCEL = 'use-cases/cancel-order.ts'
const CREATE = 'use-cases/create-order.ts'
const EXPIRE = 'use-cases/expire-orders.ts'
const EDIT = 'use-cases/edit-order.ts'

/** What else it takes to have an order placed only when something is known that a bug asks for before. */
const afterwards: PlantedBug['patches'] = [
  {
    file: CREATE,
    find: `        return { result: ok(order), changes }
      },
    )`,
    put: `        return { result: ok(order), changes }
      },
    ))`,
  },
  {
    file: CREATE,
    find: "import { err, ok, type ResultAsync } from 'neverthrow'",
    put: "import { err, ok, ResultAsync } from 'neverthrow'",
  },
]

/** Bugs in orders: edits, cancellations, expiry, stock and history. */
export const orderingBugs: readonly PlantedBug[] = [
  {
    name: 'edits an order under payment without a fence',
    patches: [
      {
        file: EDIT,
        find: '    gateway.void(id),\n',
        put: "    okAsync({ state: 'voided' }),\n",
      },
      { file: EDIT, find: 'import { err, ok,', put: 'import { err, ok, okAsync,' },
    ],
  },
  {
    name: 'edits an order although its fence found the money taken',
    patches: [
      {
        file: EDIT,
        find: '  if (fence && paid) return refuse(orderAlreadyPaid(from, paid))\n',
        put: '',
      },
      {
        file: LIFECYCLE,
        find: '  PAYMENT_DONE: [],\n',
        put: "  PAYMENT_DONE: ['modify'],\n",
      },
    ],
  },
  {
    name: 'edits an order under payment in place',
    patches: [
      {
        file: EDIT,
        find: '  if (!pending) return apply([])',
        put: '  if (order.id) return apply([])',
      },
    ],
  },
  {
    name: 'cancels an order under payment',
    patches: [
      {
        file: LIFECYCLE,
        find: "  PAYMENT_IN_PROGRESS: { paymentSucceeded: 'PAYMENT_DONE', ",
        put: "  PAYMENT_IN_PROGRESS: { cancel: 'ORDER_CANCELLED', paymentSucceeded: 'PAYMENT_DONE', ",
      },
      {
        file: LIFECYCLE,
        find: "  PAYMENT_IN_PROGRESS: ['modify'],",
        put: "  PAYMENT_IN_PROGRESS: ['modify', 'cancel'],",
      },
    ],
  },
  {
    name: 'cancels without releasing the stock',
    patches: [
      {
        file: CANCEL,
        find: 'changes: { order: cancelled, movements: release(order, circumstances) },',
        put: 'changes: { order: cancelled },',
      },
    ],
  },
  {
    name: 'lets an order expire as it was when it was listed',
    patches: [
      {
        file: EXPIRE,
        find: 'await expire(ports, order.id)',
        put: 'await expire(ports, order.id, order)',
      },
      {
        file: EXPIRE,
        find: 'const expire = ({ store, clock, settings }: Needs, orderId: string): Promise<Order | undefined> => {',
        put: 'const expire = ({ store, clock, settings }, orderId, order) => {',
      },
      {
        file: EXPIRE,
        find: `({ order }) => {
    if (!order || !isExpired(`,
        put: `() => {
    if (!order || !isExpired(`,
      },
    ],
  },
  {
    name: 'looks at the stock before the transaction, not in it',
    patches: [
      noStockConstraint,
      {
        file: CREATE,
        find: '    const answer = answerOnce(',
        put: `    const known = Promise.all(lines.map(({ productId }) => store.findProduct({ id: productId })))
    const answer = ResultAsync.fromSafePromise(known).andThen((looked) => answerOnce(`,
      },
      {
        file: CREATE,
        find: '        const { products, sameBasket, sameReference, unpaid } = found',
        put: `        const { sameBasket, sameReference, unpaid } = found
        const products = new Map(looked.flatMap((one) => (one ? [[one.id, one]] : [])))`,
      },
      ...afterwards,
    ],
  },
  {
    name: 'allows a second open order of a basket',
    patches: [
      {
        file: 'rules/duplicate-order.ts',
        find: 'sameBasket === undefined || allowDuplicate',
        put: 'sameBasket === undefined || allowDuplicate || !allowDuplicate',
      },
    ],
  },
  {
    name: 'counts unpaid orders before the transaction, not in it',
    patches: [
      {
        file: CREATE,
        find: '    const answer = answerOnce(',
        put: `    const counted = store.transaction({ unpaid: wantedUnpaid(settings, buyerOf(by)).unpaid }, ({ unpaid }) => ({ value: unpaid }))
    const answer = ResultAsync.fromSafePromise(counted).andThen((unpaid) => answerOnce(`,
      },
      {
        file: CREATE,
        find: '        const { products, sameBasket, sameReference, unpaid } = found',
        put: '        const { products, sameBasket, sameReference } = found',
      },
      ...afterwards,
    ],
  },
  {
    name: 'lets a retry hold stock beyond the limit',
    patches: [
      {
        file: 'use-cases/may-begin.ts',
        find: 'refuseManyUnpaid(found.unpaid, unpaidOrders)',
        put: 'refuseManyUnpaid([], unpaidOrders)',
      },
      {
        file: 'use-cases/retry-order.ts',
        find: 'refuseManyUnpaid(unpaid, settings.unpaidOrders)',
        put: 'refuseManyUnpaid([], settings.unpaidOrders)',
      },
    ],
  },
  {
    name: 'forgets a reference once its order is paid',
    patches: [
      {
        file: 'rules/client-reference.ts',
        find: '  sameReference === undefined\n',
        put: "  sameReference === undefined || sameReference.state === 'PAYMENT_DONE'\n",
      },
      {
        file: 'testing/memory-constraints.ts',
        find: "  refuse(references.length > 0, 'one order of a client reference for a user')\n",
        put: '',
      },
    ],
  },
  {
    name: 'forgets what was just paid',
    patches: [
      {
        file: 'rules/duplicate-order.ts',
        find: "state === 'PAYMENT_DONE' && updatedAt > after",
        put: "state === 'PAYMENT_DONE' && updatedAt > after + 300_000",
      },
    ],
  },
  {
    name: 'lets a failed order block its basket for ever',
    patches: [
      {
        file: EXPIRE,
        find: '  for (const state of FAILED_STATES) over.push(...(await letGo(ports, state)))\n',
        put: '',
      },
    ],
  },
  {
    name: 'retries an order that was let go beside the one that has taken its place',
    patches: [
      {
        file: 'rules/duplicate-order.ts',
        find: 'const keepsItsOwn = !isLetGo(order) && hasBasket(order, requested)',
        put: 'const keepsItsOwn = hasBasket(order, requested)',
      },
    ],
  },
  {
    name: 'writes no history of an edit',
    patches: [
      {
        file: LIFECYCLE,
        find: '  return { ...order, version: seq, history: [...order.history, entry], updatedAt: time }',
        put: `  if (action === 'modify') return { ...order, updatedAt: time }
  return { ...order, version: seq, history: [...order.history, entry], updatedAt: time }`,
      },
    ],
  },
  {
    name: 'takes the time of a slow clock for that of an order',
    patches: [
      {
        file: LIFECYCLE,
        find: 'const time = Math.max(at, order.updatedAt)',
        put: 'const time = at',
      },
    ],
  },
]
