import test, { type ExecutionContext } from 'ava'
import { SignJWT } from 'jose'
import type { Locator, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { sell, startOneService, type TestService } from './support.ts'

const browser = await openBrowser()
const secret = 'thirty-two bytes or more, and known to the issuer only'

const startFresh = async (t: ExecutionContext, environment = {}): Promise<TestService> => {
  const api = await startOneService({}, environment)
  t.teardown(api.stop)
  return api
}

/** The reference of a service, and what its page complained about. */
const openReference = async (t: ExecutionContext, { service }: TestService) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  t.teardown(() => page.close())
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.setDefaultTimeout(120_000)
  await page.goto(`${service.url}/docs`, { waitUntil: 'networkidle' })
  await page.locator('.opblock').first().waitFor()
  return { page, complaints }
}

/** Opens an operation where it is closed, clicks on Execute and closes it; gives the status and the text of the answer. */
const execute = async (operation: Locator): Promise<{ status: number; text: string }> => {
  const toggle = operation.locator('.opblock-summary-control')
  const button = operation.locator('button.execute')
  if (!(await button.isVisible())) await toggle.click()
  await button.click()
  const answer = operation.locator('.live-responses-table .response')
  await answer.waitFor()
  const text = (await answer.textContent()) ?? ''
  await toggle.click() // What is open is drawn again and again.
  return { status: Number.parseInt(text, 10), text }
}

const operation = (page: Page, name: string): Locator =>
  page.locator(`#operations-${name.replace('.', '-')}`)

test.serial(
  'On a fresh shop the first clicks on Execute succeed, from the top down, to an order that can be read.',
  async (t) => {
    const { page, complaints } = await openReference(t, await startFresh(t))
    const operations = page.locator('.opblock')
    const statuses: number[] = []
    for (let index = 0; index < 7; index += 1) {
      statuses.push((await execute(operations.nth(index))).status)
    }
    t.deepEqual(statuses, [201, 200, 200, 200, 201, 200, 200])
    t.deepEqual(complaints, [])
  },
)

test.serial(
  'An order that was just placed is the one that the reference proposes to pay.',
  async (t) => {
    const api = await startFresh(t)
    await sell(api, 10)
    const { page, complaints } = await openReference(t, api)
    // Opened before there is an order: what is proposed is renewed under the visitor's eyes.
    await operation(page, 'Payments.payOrder').locator('.opblock-summary-control').click()
    const body = operation(page, 'Payments.payOrder').locator('textarea')
    const before = await body.inputValue()
    t.is((await execute(operation(page, 'Orders.createOrder'))).status, 201)
    t.not(await body.inputValue(), before)
    const paid = await execute(operation(page, 'Payments.payOrder'))
    t.is(paid.status, 201)
    t.regex(paid.text, /SUCCEEDED/)
    t.is((await execute(operation(page, 'Payments.getPayment'))).status, 200)
    t.deepEqual(complaints, [])
  },
)

test.serial(
  'What is on sale when the page is opened is what it proposes to order, unless it is sold out.',
  async (t) => {
    const api = await startFresh(t)
    const mug = await sell(api, 10)
    await sell(api, 0)
    const { page } = await openReference(t, api)
    const placed = await execute(operation(page, 'Orders.createOrder'))
    t.is(placed.status, 201)
    t.true(placed.text.includes(mug))
  },
)

test.serial('What the visitor has written stays.', async (t) => {
  const api = await startFresh(t)
  const mug = await sell(api, 10)
  const { page } = await openReference(t, api)
  const placing = operation(page, 'Orders.createOrder')
  await placing.locator('.opblock-summary-control').click()
  const written = JSON.stringify({ lines: [{ productId: mug, quantity: 7 }], allowDuplicate: true })
  await placing.locator('textarea').fill(written)
  t.is((await execute(operation(page, 'Products.createProduct'))).status, 201)
  const kept = JSON.parse(await placing.locator('textarea').inputValue())
  t.is(kept.lines[0].quantity, 7)
  t.true(kept.allowDuplicate)
})

const offered = async (page: Page): Promise<readonly string[]> => {
  await page.locator('.btn.authorize').click()
  const names = await page.locator('.modal-ux .auth-container h4 code').allTextContents()
  await page.locator('.modal-ux .close-modal').click()
  return names
}

test.serial(
  'With AUTH=local the visitor is ann and an admin from the start, and is offered no token.',
  async (t) => {
    const { page } = await openReference(t, await startFresh(t))
    t.deepEqual(await offered(page), ['userId', 'userRole'])
  },
)

test.serial(
  'With AUTH=jwt the bearer token alone is offered, and with it the first clicks succeed.',
  async (t) => {
    const api = await startFresh(t, { AUTH: 'jwt', JWT_SECRET: secret })
    const { page, complaints } = await openReference(t, api)
    t.deepEqual(await offered(page), ['bearerToken'])
    const token = await new SignJWT({ roles: ['admin'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ann')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))
    await page.locator('.btn.authorize').click()
    await page.locator('.modal-ux input').fill(token)
    await page.locator('.modal-ux .btn.authorize').click()
    await page.locator('.modal-ux .btn-done').click()
    const operations = page.locator('.opblock')
    const statuses: number[] = []
    for (let index = 0; index < 3; index += 1) {
      statuses.push((await execute(operations.nth(index))).status)
    }
    t.deepEqual(statuses, [201, 200, 200])
    t.deepEqual(complaints, [])
  },
)

test.after.always(() => browser.close())
