import { lines, place, sell, type TestService } from './support.ts'

/** A request that writes, and that is accepted as it stands. */
export type Write = Readonly<{
  method: string
  path: string
  body: Readonly<Record<string, unknown>>
  accepted: number
}>

/** One request for every route that takes a body, each on an order or product of ann's that is ready for it. */
export const everyWrite = async (api: TestService): Promise<readonly Write[]> => {
  const mug = await sell(api, 50)
  const toPay = await place(api, mug, 1)
  const toModify = await place(api, mug, 2)
  const toCancel = await place(api, mug, 3)
  const declined = await place(api, mug, 4)
  await api.ask('POST', '/payment', { orderId: declined, paymentMethod: 'fake_decline' })
  const short = (await api.ask('POST', '/order', lines(mug, 99))).body.order.id
  const price = { amountMinor: 5, currency: 'EUR' }
  return [
    { method: 'PUT', path: `/product/${mug}`, body: { quantity: 500 }, accepted: 200 },
    { method: 'POST', path: '/product', body: { sku: 'W', name: 'W', price }, accepted: 201 },
    { method: 'POST', path: '/order', body: lines(mug, 7), accepted: 201 },
    { method: 'PUT', path: `/order/${toModify}`, body: lines(mug, 6), accepted: 200 },
    { method: 'POST', path: `/order/cancelorder/${toCancel}`, body: {}, accepted: 200 },
    { method: 'POST', path: `/order/retryorder/${short}`, body: {}, accepted: 200 },
    { method: 'POST', path: '/payment', body: { orderId: toPay }, accepted: 201 },
    { method: 'POST', path: '/retrypayment', body: { orderId: declined }, accepted: 201 },
  ]
}
