import test from 'ava'
import { startOneService } from './one-service.ts'
import { lines, sell, startService } from './support.ts'

const api = await startOneService()
const { ask } = api
const mug = await sell(api, 1000)

const orderFor = async (user: string, quantity: number): Promise<string> =>
  (await ask('POST', '/order', lines(mug, quantity), { user })).body.id

type Item = Readonly<{ id: string }>

/** The ids of every page of a list, until there is no cursor. */
const pagesOf = async (
  path: string,
  limit: number,
  user: string,
  first = '',
): Promise<string[][]> => {
  const { body } = await ask('GET', `${path}?limit=${limit}${first}`, undefined, { user })
  const ids = body.items.map(({ id }: Item) => id)
  if (body.nextCursor === null) return [ids]
  return [ids, ...(await pagesOf(path, limit, user, `&cursor=${body.nextCursor}`))]
}

const sizes: Readonly<Record<number, readonly number[]>> = {
  1: [1, 1, 1, 1, 1, 1],
  2: [2, 2, 2],
  4: [4, 2],
  5: [5, 1],
  6: [6],
  100: [6],
}

test('A user’s orders come newest first, in pages of any size, and nobody else’s do.', async (t) => {
  const own: string[] = []
  for (let quantity = 1; quantity <= 6; quantity += 1) {
    own.unshift(await orderFor('pia', quantity))
    await orderFor('quentin', quantity)
  }
  for (const [limit, expected] of Object.entries(sizes)) {
    const pages = await pagesOf('/order', Number(limit), 'pia')
    t.deepEqual(pages.flat(), own)
    t.deepEqual(
      pages.map(({ length }) => length),
      [...expected],
    )
  }
})

test('Another user’s order as a cursor gives nobody’s orders but one’s own.', async (t) => {
  const [older, others, newer] = [
    await orderFor('rosa', 1),
    await orderFor('sven', 1),
    await orderFor('rosa', 2),
  ]
  const { body } = await ask('GET', `/order?cursor=${others}`, undefined, { user: 'rosa' })
  t.deepEqual(
    body.items.map(({ id }: Item) => id),
    [older],
  )
  t.not(newer, older)
})

test('An order in a list is the whole order.', async (t) => {
  const id = await orderFor('tom', 1)
  const { body } = await ask('GET', '/order', undefined, { user: 'tom' })
  t.deepEqual(body.items, [(await ask('GET', `/order/${id}`, undefined, { user: 'tom' })).body])
})

test('A page has twenty items unless the request says otherwise, and a hundred at most.', async (t) => {
  for (let quantity = 1; quantity <= 101; quantity += 1) await orderFor('uma', quantity)
  for (const [query, length] of [
    ['', 20],
    ['?limit=1', 1],
    ['?limit=100', 100],
  ] as const) {
    const { body } = await ask('GET', `/order${query}`, undefined, { user: 'uma' })
    t.is(body.items.length, length)
    t.is(body.nextCursor, body.items.at(-1).id)
  }
})

test('What is placed while somebody turns the pages moves nothing on the later ones.', async (t) => {
  const first = await orderFor('vera', 1)
  const second = await orderFor('vera', 2)
  const page = (await ask('GET', '/order?limit=1', undefined, { user: 'vera' })).body
  await orderFor('vera', 3)
  const next = (
    await ask('GET', `/order?limit=1&cursor=${page.nextCursor}`, undefined, { user: 'vera' })
  ).body
  t.deepEqual([page.items[0].id, next.items[0].id, next.nextCursor], [second, first, null])
})

test('Products come newest first, for every user, to the last one.', async (t) => {
  const own = await startService(t)
  const made: string[] = []
  for (let count = 0; count < 5; count += 1) made.unshift(await sell(own, count))
  const pages: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${cursor}`
    const { body } = await own.ask('GET', `/product?limit=2${query}`, undefined, { user: 'pia' })
    pages.push(body.items.map(({ id }: Item) => id).join())
    cursor = body.nextCursor
  }
  t.deepEqual(
    pages,
    [made.slice(0, 2), made.slice(2, 4), made.slice(4)].map((ids) => ids.join()),
  )
})

test.after.always(api.stop)
