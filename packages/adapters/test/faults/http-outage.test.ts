import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { serve } from '../../../http/src/serve.ts'
import { type Answer, clientOf, lines, sell } from '../../../http/test/support.ts'
import { readConfiguration } from '../../src/index.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'
import { brokenInvariants } from './shop.ts'
import { type Link, openLink } from './tcp-proxy.ts'

type Client = ReturnType<typeof clientOf>
type Request = readonly [method: string, path: string, body?: unknown]

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
    const requests: readonly Request[] = [
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
    const back = requests.map(async (request) => ({
      request,
      answer: await whenBack(ask, request),
    }))
    for (const { request, answer } of await Promise.all(back)) {
      t.true(answer.status >= 200 && answer.status < 300, `${request[1]}: ${answer.text}`)
    }
    const payment = await ask('GET', `/order/${paid.body.id}`)
    t.is(payment.body.state, 'PAYMENT_DONE')
    t.deepEqual(await brokenInvariants({ url, ledgerFile }), [])
  })
}

/**
 * Repeats a request until it is no outage any more; the test's own timeout is the limit. The link passes before the
 * database has noticed which of its clients are gone, and what those had locked stays so until then.
 */
const whenBack = async (ask: Client, request: Request): Promise<Answer> => {
  for (;;) {
    const answer = await ask(...request)
    if (answer.status !== 503) return answer
    await sleep(50)
  }
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
