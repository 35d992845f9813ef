import type { UseCases } from '@holdfast/domain'
import { Router } from '@koa/router'
import { sendTagged } from './entity-tags.ts'
import { adminOnly, type Caller } from './identity.ts'
import { createProductBody, updateProductBody } from './product-request-schemas.ts'
import { readConditional, readProductPage, readWrite } from './requests.ts'
import { listBody, productBody } from './responses.ts'
import { exactPaths } from './routing.ts'
import { sendJson } from './send-json.ts'
import { sendProblem } from './send-problem.ts'

/** Products: everybody reads them, an admin writes them. */
export const productRoutes = (useCases: UseCases): Router<{ caller: Caller }> =>
  new Router<{ caller: Caller }>(exactPaths)
    .post('/product', adminOnly, async (ctx) => {
      const created = await readWrite(ctx, createProductBody).andThen(useCases.createProduct)
      if (created.isErr()) return sendProblem(ctx, created.error)
      ctx.set('Location', `/product/${created.value.id}`)
      sendTagged(ctx, productBody(created.value), 201)
    })
    .put('/product/:id', adminOnly, async (ctx) => {
      const updated = await readConditional(ctx, updateProductBody).andThen((request) =>
        useCases.updateProduct({ ...request, productId: ctx.params['id'] ?? '' }),
      )
      if (updated.isErr()) return sendProblem(ctx, updated.error)
      sendTagged(ctx, productBody(updated.value))
    })
    .get('/product', async (ctx) => {
      const listed = await readProductPage(ctx).asyncAndThen(useCases.listProducts)
      if (listed.isErr()) return sendProblem(ctx, listed.error)
      sendJson(ctx, listBody(listed.value, productBody))
    })
    .get('/product/:id', async (ctx) => {
      const found = await useCases.getProduct({ id: ctx.params['id'] ?? '' })
      if (found.isErr()) return sendProblem(ctx, found.error)
      sendTagged(ctx, productBody(found.value))
    })
