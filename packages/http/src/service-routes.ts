import type { AuthConfiguration } from '@holdfast/adapters'
import { Router } from '@koa/router'
import { createOpenApi } from './openapi/document.ts'
import { sendDocsFile, sendDocsPage } from './pages/docs-page.ts'
import { sendPage } from './pages/page.ts'
import { problemListPage, problemPage } from './pages/problem-page.ts'
import { type ProblemCode, problemKinds } from './problems.ts'
import { exactPaths } from './routing.ts'
import { sendProblem } from './send-problem.ts'

let openApi: string | undefined

/** What needs no sign-in and explains the service to programs and to people. */
export const serviceRoutes = ({ auth }: Readonly<{ auth: AuthConfiguration }>): Router =>
  new Router(exactPaths)
    .get('/', (ctx) => {
      ctx.set('Location', '/docs')
      ctx.body = null
      ctx.status = 302
    })
    .get('/openapi.json', (ctx) => {
      openApi ??= JSON.stringify(createOpenApi())
      ctx.type = 'json'
      ctx.body = openApi
    })
    .get('/docs', (ctx) => sendDocsPage(ctx, auth))
    .get('/docs/:file', async (ctx) => {
      const name = ctx.params['file'] ?? ''
      if (await sendDocsFile(ctx, name)) return
      sendProblem(ctx, { code: 'not_found', detail: `The reference has no file ${name}.` })
    })
    .get('/problems', (ctx) => sendPage(ctx, 'Problems', problemListPage()))
    .get('/problems/:code', (ctx) => {
      const code = ctx.params['code'] ?? ''
      if (isProblemCode(code)) {
        return sendPage(ctx, `${problemKinds[code].title} · ${code}`, problemPage(code))
      }
      sendProblem(ctx, { code: 'not_found', detail: `No problem has the code ${code}.` })
    })

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemKinds, code)
