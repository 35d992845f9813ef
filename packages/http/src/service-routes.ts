import { Router } from '@koa/router'
import { problemPage } from './problem-page.ts'
import { type ProblemCode, problemKinds } from './problems.ts'
import { exactPaths } from './routing.ts'
import { sendProblem } from './send-problem.ts'

/** What needs no sign-in: a page for each problem. */
export const serviceRoutes = (): Router =>
  new Router(exactPaths).get('/problems/:code', (ctx) => {
    const code = ctx.params['code'] ?? ''
    if (!isProblemCode(code)) {
      return sendProblem(ctx, { code: 'not_found', detail: `No problem has the code ${code}.` })
    }
    ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
    ctx.type = 'html'
    ctx.body = problemPage(code)
  })

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemKinds, code)
