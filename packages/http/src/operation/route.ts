import type { Router } from '@koa/router'
import type { Context } from 'koa'

type Layer = Pick<Router['stack'][number], 'methods' | 'path'>

/** The pattern of the route that a request takes, such as `/order/{id}`; undefined where none fits. */
export const routeOf = (ctx: Context): string | undefined => {
  const layers: readonly Layer[] = ctx['matched'] ?? []
  const path = layers.find(({ methods }) => methods.includes(ctx.method))?.path
  return typeof path === 'string' ? path.replaceAll(/:(\w+)/g, '{$1}') : undefined
}
