import type { Context } from 'koa'

/** Answers with JSON, written once: Koa would write a body again for each layer that asks how long it is. */
export const sendJson = (
  ctx: Context,
  body: object,
  status = 200,
  text = JSON.stringify(body),
): void => {
  ctx.state['answered'] = body
  ctx.status = status
  ctx.type = 'json'
  ctx.body = text
}

/** Answers with a status that has no body. */
export const sendNothing = (ctx: Context, status: 204 | 304): void => {
  ctx.status = status
  ctx.body = null
}
