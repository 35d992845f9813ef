import { operations } from '../src/openapi/document.ts'
import { sendRaw } from './raw-socket.ts'
import { type Answer, lines } from './support.ts'

/** A request of a route that needs a sign-in. */
export type Route = Readonly<{ method: string; path: string; body?: object }>

/** A product that nobody has made yet. */
export const newProduct = {
  sku: 'NEW',
  name: 'New',
  price: { amountMinor: 1, currency: 'EUR' },
}

/** Every route that needs a sign-in, on a product, an order and a payment. Throws where the document knows more of them. */
export const everyRoute = (product: string, order: string, payment: string): readonly Route[] => {
  const routes: readonly Route[] = [
    { method: 'GET', path: '/order' },
    { method: 'POST', path: '/order', body: lines(product) },
    { method: 'GET', path: `/order/${order}` },
    { method: 'PUT', path: `/order/${order}`, body: lines(product, 2) },
    { method: 'POST', path: `/order/cancelorder/${order}`, body: {} },
    { method: 'POST', path: `/order/retryorder/${order}`, body: {} },
    { method: 'POST', path: '/payment', body: { orderId: order } },
    { method: 'POST', path: '/retrypayment', body: { orderId: order } },
    { method: 'GET', path: `/payment/${payment}` },
    { method: 'GET', path: '/product' },
    { method: 'POST', path: '/product', body: newProduct },
    { method: 'GET', path: `/product/${product}` },
    { method: 'PUT', path: `/product/${product}`, body: { quantity: 5 } },
  ]
  const described = operations.filter(({ access }) => access === 'user' || access === 'admin')
  if (described.length !== routes.length)
    throw new Error('A route that needs a sign-in is missing.')
  return routes
}

/** Asks for a route with these lines of header, Host included, and those of its body. */
export const askRoute = (
  url: string,
  { method, path, body }: Route,
  head: readonly string[],
): Promise<Answer> => {
  const text = body === undefined ? '' : JSON.stringify(body)
  const sized = text ? ['Content-Type: application/json', `Content-Length: ${text.length}`] : []
  return sendRaw(url, { method, path, head: [...head, ...sized], body: text })
}
