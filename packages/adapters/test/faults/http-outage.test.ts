import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { serve } from '../../../http/src/serve.ts'
import { type Answer, clientOf, lines, sell } from '../../../http/test/support.ts'
import { readConfiguration } from '../../src/index.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'
import { brokenInvariants } from './shop.ts'
import { type Link, openLink } from './tcp-proxy.ts'

const outages: Record<string, (link: Link) => void> = {
  'resets every connection': (link) => link.reset('refuse'),
  'swallows everything': (link) => link.swallow(),
}

for (const [what, begin] of Object.entries(outages)) {
  test(`while the link ${what} every answer is 503, in time; then everything works again`, async (t) => {
    const url = await emptyPostgres(t)
    const link = await openLink(Number(new URL(url).port))
    const ledgerFile = join(temporaryFolder(t), 'ledger.db')
    const service = await startService(t, link.through(url), ledgerFile)
    t.teardown(link.close)
    const ask = clientOf(service.url)
    const productId = await sell({ ask }, 1000)
    const again = { ...lines(productId), allowDuplicate: true }
    const placed = await ask('POST', '/order', again)
    const paid = await ask('POST', '/order', again)
    const requests: (readonly [method: string, path: string, body?: unknown])[] = [
      ['POST', '/order', again],
      ['GET', `/order/${placed.body.id}`],
      ['GET', '/order'],
      ['PUT', `/order/${placed.body.id}`, lines(productId, 2)],
      ['POST', '/payment', { orderId: paid.body.id }],
      ['GET', `/product/${productId}`],
      ['GET', '/product'],
    ]
    const round = () =>
      Promise.all(
        requests.map(async (request) => {
          const sentAt = performance.now()
          const answer = await ask(...request)
          return { request, answer, tookMs: Math.round(performance.now() - sentAt) }
        }),
      )

    begin(link)
    const during = [...(await round()), ...(await round())]
    for (const { request, answer, tookMs } of during) {
      const title = `${request.join(' ')}: ${answer.status} ${answer.text} in ${tookMs} ms`
      t.is(answer.status, 503, title)
      t.is(answer.body.code, 'store_unavailable', title)
      t.regex(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/, title)
      t.true(tookMs < 6000, title)
    }
    t.log(`${during.length} answers, the last after ${Math.max(...during.map((d) => d.tookMs))} ms`)

    link.pass()
    await isBack(() => ask('GET', '/product'))
    for (const { request, answer } of await round()) {
      t.true(answer.status >= 200 && answer.status < 300, `${request.join(' ')}: ${answer.text}`)
    }
    const payment = await ask('GET', `/order/${paid.body.id}`)
    t.is(payment.body.state, 'PAYMENT_DONE')
    t.deepEqual(await brokenInvariants({ url, ledgerFile }), [])
  })
}

/** Waits for the first success; the test's own timeout is the limit. */
const isBack = async (ask: () => Promise<Answer>): Promise<void> => {
  while ((await ask()).status !== 200) await sleep(50)
}

const startService = async (t: ExecutionContext, url: string, ledgerFile: string) => {
  const configuration = readConfiguration({
    DATABASE_URL: url,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: ledgerFile,
    LOG_LEVEL: 'silent',
    PORT: '0',
  })._unsafeUnwrap()
  const service = await serve(configuration)
  t.teardown(service.stop)
  return service
}
