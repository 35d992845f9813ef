import test, { type ExecutionContext } from 'ava'
import { isProblem } from '../problem-checks.ts'
import { type Answer, startOneService, type TestService } from '../support.ts'

/** So many a second, and as many again in a burst. */
const RATE = 5

const start = async (t: ExecutionContext, environment: Record<string, string> = {}) => {
  const service = await startOneService({}, { RATE_LIMIT: String(RATE), ...environment })
  t.teardown(service.stop)
  return service
}

type Send = (service: TestService, number: number) => Promise<Answer>

/** Sends until one is refused, which a slow machine may put off by a second or two. */
const untilRefused = async (service: TestService, send: Send): Promise<Answer> => {
  for (let number = 1; ; number += 1) {
    const answer = await send(service, number)
    if (answer.status === 429) return answer
  }
}

const isRefusal = (t: ExecutionContext, answer: Answer, path: string) => {
  isProblem(t, answer, { code: 'rate_limited', path })
  t.regex(answer.headers.get('retry-after') ?? '', /^([1-9]|10)$/)
}

test('A user who sends too much is told to wait, and another user is not.', async (t) => {
  const service = await start(t)
  const refused = await untilRefused(service, ({ ask }) => ask('GET', '/product'))
  isRefusal(t, refused, '/product')
  const another = await service.ask('GET', '/product', undefined, { user: 'bob' })
  t.is(another.status, 200)
})

test('A refusal whose second ends just then asks for a second of patience, not for none.', async (t) => {
  const limit = { take: async () => ({ waitMs: 0, insists: false }) }
  const { ask, stop } = await startOneService({ rateLimits: { users: limit, strangers: limit } })
  t.teardown(stop)
  isRefusal(t, await ask('GET', '/product'), '/product')
})

test('A refused write does nothing and leaves its key free.', async (t) => {
  const service = await start(t)
  const { ask } = service
  const product = { sku: 'MUG', name: 'Mug', price: { amountMinor: 1, currency: 'EUR' } }
  const write: Send = () => ask('POST', '/product', product, { admin: true, key: 'k-1' })
  const read: Send = () => ask('GET', '/product')
  await untilRefused(service, read)
  let written = await write(service, 1)
  // The second may just have ended: then the user is sent into the next one.
  while (written.status !== 429) {
    await untilRefused(service, read)
    written = await ask('POST', '/product', { ...product, sku: 'CUP' }, { admin: true, key: 'k-2' })
  }
  isRefusal(t, written, '/product')
  const { body } = await ask('GET', '/product', undefined, { user: 'bob' })
  t.true(body.items.every(({ sku }: { sku: string }) => sku === 'MUG'))
})

test('Whoever does not sign in is counted by address; whoever does at the same address is not held up.', async (t) => {
  const service = await start(t)
  const refused = await untilRefused(service, ({ ask }) =>
    ask('GET', '/order', undefined, { user: '' }),
  )
  isRefusal(t, refused, '/order')
  t.is(refused.headers.get('www-authenticate'), null)
  t.is((await service.ask('GET', '/order')).status, 200)
})

test('Names tried one after the other are one address.', async (t) => {
  const service = await start(t)
  const names = ['cli', 'system', 'a b', '%']
  const refused = await untilRefused(service, ({ ask }, number) =>
    ask('GET', '/order', undefined, { user: names[number % names.length] ?? '' }),
  )
  isRefusal(t, refused, '/order')
})

for (const path of ['/problems/not_found', '/nowhere']) {
  test(`What is open to everybody, such as ${path}, is counted by address.`, async (t) => {
    const service = await start(t)
    isRefusal(t, await untilRefused(service, ({ ask }) => ask('GET', path)), path)
  })
}

test('Probes are answered however many there are.', async (t) => {
  const service = await start(t)
  await untilRefused(service, ({ ask }) => ask('GET', '/nowhere'))
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const answers = await Promise.all(
      Array.from({ length: 20 * RATE }, () => service.ask('GET', path, undefined, { user: '' })),
    )
    t.true(answers.every(({ status }) => status === 200))
  }
})

test('A lie about where a request comes from changes nothing; a trusted proxy is believed.', async (t) => {
  const liar: Send = ({ ask }, number) =>
    ask('GET', '/nowhere', undefined, { headers: { 'X-Forwarded-For': `203.0.113.${number}` } })
  isRefusal(t, await untilRefused(await start(t), liar), '/nowhere')

  const behindProxy = await start(t, { TRUST_PROXY: '1' })
  const from = (address: string): Send => {
    const headers = { 'X-Forwarded-For': `6.6.6.6, ${address}` }
    return ({ ask }) => ask('GET', '/nowhere', undefined, { headers })
  }
  isRefusal(t, await untilRefused(behindProxy, from('203.0.113.1')), '/nowhere')
  t.is((await from('203.0.113.2')(behindProxy, 1)).status, 404)
})
