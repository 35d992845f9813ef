import test, { type ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { problemKinds } from '../src/problems.ts'
import { openBrowser } from './browser.ts'
import { sell, startOneService } from './support.ts'

const api = await startOneService()
const { url } = api.service
const browser = await openBrowser()

/** A page, and all that it asked for and complained about until now. */
type Watched = Readonly<{ page: Page; requested: readonly string[]; complaints: readonly string[] }>

const open = async (t: ExecutionContext, path: string, width = 1280): Promise<Watched> => {
  const page = await browser.newPage({ viewport: { width, height: 900 } })
  t.teardown(() => page.close())
  const requested: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.setDefaultTimeout(120_000)
  await page.goto(url + path, { waitUntil: 'networkidle' })
  return { page, requested, complaints }
}

const isOurs = (requested: string): boolean =>
  requested.startsWith(`${url}/`) || requested.startsWith('data:')

/** How far a page is wider than its window, in pixels. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - innerWidth')

test('The reference shows every operation, complains of nothing, and asks no other host.', async (t) => {
  const { page, requested, complaints } = await open(t, '/docs')
  await page.locator('.opblock').first().waitFor()
  const { body } = await api.ask('GET', '/openapi.json')
  const operations = Object.values(body.paths).flatMap((path) => Object.keys(path as object))
  t.is(await page.locator('.opblock').count(), operations.length)
  t.deepEqual(complaints, [])
  t.true(requested.length >= 6)
  t.deepEqual(
    requested.filter((each) => !isOurs(each)),
    [],
  )
})

test('Whoever reads the reference can place an order in it.', async (t) => {
  const product = await sell(api, 10)
  const { page, requested, complaints } = await open(t, '/docs')
  const placing = page.locator('#operations-Orders-createOrder')
  await placing.locator('.opblock-summary-control').click()
  await placing
    .locator('textarea')
    .fill(JSON.stringify({ lines: [{ productId: product, quantity: 5 }] }))
  await placing.locator('button.execute').click()
  const shown = placing.locator('.live-responses-table .response')
  await shown.waitFor()
  t.regex((await shown.textContent()) ?? '', /^201/)
  const [, id] = /"id": "(ord_[0-9a-f]{32})"/.exec((await shown.textContent()) ?? '') ?? []
  const order = (await api.ask('GET', `/order/${id}`)).body
  t.is(order.userId, 'ann')
  t.like(order.lines[0], { productId: product, quantity: 5 })
  t.deepEqual(complaints, [])
  t.deepEqual(
    requested.filter((each) => !isOurs(each)),
    [],
  )
})

test('The reference fits a narrow screen, also when an operation is open and answered.', async (t) => {
  const { page } = await open(t, '/docs', 390)
  const placing = page.locator('#operations-Orders-createOrder')
  await placing.locator('.opblock-summary-control').click()
  await placing.locator('.responses-wrapper').waitFor()
  t.is(await overflow(page), 0)
  await placing.locator('button.execute').click()
  await placing.locator('.live-responses-table .response').waitFor()
  t.is(await overflow(page), 0)
})

test('The policy of the reference is in force: a script that is not ours does not run.', async (t) => {
  const { page, complaints } = await open(t, '/docs')
  await page.evaluate(`{
    const script = document.createElement('script')
    script.textContent = 'window.foreign = true'
    document.body.append(script)
  }`)
  t.is(await page.evaluate('window.foreign'), undefined)
  t.regex(complaints.join(), /Content Security Policy/)
})

test('The pages of problems are pages: they lead to each other, fit, and complain of nothing.', async (t) => {
  const { page, requested, complaints } = await open(t, '/problems', 390)
  t.is(await page.locator('li a').count(), Object.keys(problemKinds).length)
  t.is(await overflow(page), 0)
  await page.getByRole('link', { name: 'insufficient_stock' }).click()
  await page.getByRole('heading', { name: 'Not enough in stock' }).waitFor()
  t.is(await page.locator('pre').count(), 2)
  t.is(await overflow(page), 0)
  // The policy lets the page have its own style.
  t.not(await page.evaluate('getComputedStyle(document.body).maxWidth'), 'none')
  await page.getByRole('link', { name: 'Reference' }).click()
  await page.locator('.opblock').first().waitFor()
  t.deepEqual(complaints, [])
  t.deepEqual(
    requested.filter((each) => !isOurs(each)),
    [],
  )
})

test('GET / leads a newcomer to the reference.', async (t) => {
  const { page } = await open(t, '/')
  t.is(page.url(), `${url}/docs`)
})

test.after.always(async () => {
  await browser.close()
  await api.stop()
})
