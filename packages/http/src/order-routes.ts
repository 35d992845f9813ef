import { type Order, pendingPayment, type UseCases } from '@holdfast/domain'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { sendTagged } from './entity-tags.ts'
import { type Caller, readerOf, type SignedIn } from './identity.ts'
import type { Waiting } from './prefer-wait.ts'
import {
  cancelOrderBody,
  createOrderBody,
  modifyOrderBody,
  retryOrderBody,
} from './request-schemas.ts'
import { readConditional, readOrderPage, readWrite } from './requests.ts'
import { listBody, orderBody } from './responses.ts'
import { exactPaths } from './routing.ts'
import { sendJson } from './send-json.ts'
import { sendProblem } from './send-problem.ts'

/** Orders: create, read, list, modify, cancel and retry. */
export const orderRoutes = (useCases: UseCases, waiting: Waiting): Router<{ caller: Caller }> =>
  new Router<{ caller: Caller }>(exactPaths)
    .post('/order', async (ctx) => {
      const created = await readWrite(ctx, createOrderBody).andThen(useCases.createOrder)
      if (created.isErr()) return sendProblem(ctx, created.error)
      ctx.set('Location', `/order/${created.value.id}`)
      sendOrderOrShortage(ctx, created.value, 201)
    })
    .get('/order', async (ctx) => {
      const listed = await readOrderPage(ctx).asyncAndThen(useCases.listOrders)
      if (listed.isErr()) return sendProblem(ctx, listed.error)
      sendJson(ctx, listBody(listed.value, orderBody))
    })
    .get('/order/:id', async (ctx) => {
      const by = readerOf(ctx.state.caller)
      const read = () => useCases.getOrder({ by, orderId: idOf(ctx) })
      const found = await waiting(ctx, read, ({ payments }) => pendingPayment(payments), read)
      if (found.isErr()) return sendProblem(ctx, found.error)
      sendOrder(ctx, found.value, 200)
    })
    .put('/order/:id', async (ctx) => {
      const modified = await readConditional(ctx, modifyOrderBody).andThen((request) =>
        useCases.modifyOrder({ ...request, orderId: idOf(ctx) }),
      )
      if (modified.isErr()) return sendProblem(ctx, modified.error)
      sendOrder(ctx, modified.value, 200)
    })
    .post('/order/cancelorder/:id', async (ctx) => {
      const cancelled = await readConditional(ctx, cancelOrderBody).andThen((request) =>
        useCases.cancelOrder({ ...request, orderId: idOf(ctx) }),
      )
      if (cancelled.isErr()) return sendProblem(ctx, cancelled.error)
      sendOrder(ctx, cancelled.value, 200)
    })
    .post('/order/retryorder/:id', async (ctx) => {
      const retried = await readConditional(ctx, retryOrderBody).andThen((request) =>
        useCases.retryOrder({ ...request, orderId: idOf(ctx) }),
      )
      if (retried.isErr()) return sendProblem(ctx, retried.error)
      sendOrderOrShortage(ctx, retried.value, 200)
    })

const idOf = ({ params }: SignedIn): string => params['id'] ?? ''

const sendOrder = (ctx: Context, order: Order, status: number): void =>
  sendTagged(ctx, orderBody(order), status)

/** An order that was stored as `ORDER_FAILED` is there to be retried, but it is not what was asked for. */
const sendOrderOrShortage = (ctx: Context, order: Order, status: number): void => {
  sendOrder(ctx, order, status) // A problem carries the order's tag as well.
  if (!order.failure) return
  const { code, detail, lines } = order.failure
  sendProblem(ctx, { code, detail, lines, order })
}
