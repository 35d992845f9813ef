import { z } from 'zod'
import { userAction } from './enumerations.ts'
import type { ProblemKind, ProblemMember } from './problem-kind.ts'
import { type ProblemCode, problemKinds } from './problems.ts'
import { product } from './product-schemas.ts'
import { amount, order, payment, shortLine, time } from './response-schemas.ts'

const detail = z.string().meta({ description: 'What is wrong, and what is allowed.' })

const fault = z
  .union([
    z.object({
      pointer: z.string().meta({ description: 'A JSON pointer into the body.' }),
      detail,
    }),
    z.object({ parameter: z.string().meta({ description: 'A name in the query.' }), detail }),
    z.object({ header: z.string().meta({ description: 'A header’s name.' }), detail }),
  ])
  .meta({ id: 'Fault', description: 'One fault in a request, and where it is.' })

const members = {
  errors: z.array(fault).meta({ description: 'Every fault in the request.' }),
  lines: z.array(shortLine).meta({ description: 'Every line that is short.' }),
  total: amount('What would be charged.'),
  allowed: z.array(userAction).meta({ description: 'What can be done with `order` instead.' }),
  order: z.nonoptional(order).meta({ description: 'The order, as it is now.' }),
  payment: z.nonoptional(payment).meta({ description: 'The payment, as it is now.' }),
  product: z.nonoptional(product).meta({ description: 'The product, as it is now.' }),
  database: z.enum(['down', 'not writing']).meta({
    description: 'As `/readyz` found it: `down`, or `not writing`, where it answers reads only.',
  }),
  gateway: z.enum(['up', 'down']).meta({ description: '`up` or `down`, as `/readyz` found it.' }),
  keys: z
    .enum(['up', 'down'])
    .meta({ description: '`up` or `down`, as `/readyz` found those at `JWKS_URL`.' }),
  since: time.meta({ description: 'Since when no write has succeeded.' }),
}

const codes = Object.keys(problemKinds) as ProblemCode[]

/** Any problem. */
export const anyProblem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(codes),
    retryable: z.boolean(),
    sameKey: z.boolean(),
    ...z.object(members).partial().shape,
  })
  .meta({ id: 'Problem' })

/** `order_not_found` as a name: `OrderNotFound`. */
const pascalCase = (code: string): string =>
  code.replaceAll(/(?:^|_)(.)/g, (_match, letter: string) => letter.toUpperCase())

const schemaOf = (code: ProblemCode) => {
  const { status, retryable, sameKey, meaning, remedy, shows }: ProblemKind = problemKinds[code]
  const shown = Object.entries(shows).map(([name, when]) => {
    const member = members[name as ProblemMember]
    return [name, when === 'always' ? member : member.optional()]
  })
  return z
    .object({
      type: z
        .literal(`/problems/${code}`)
        .meta({ description: 'A page that explains the problem to people.' }),
      title: z.string().meta({ description: 'The problem in a few words.' }),
      status: z.literal(status).meta({ description: 'The status of the answer.' }),
      detail: z.string().meta({ description: 'What it is in this case.' }),
      instance: z.string().meta({ description: 'The path of the request.' }),
      code: z.literal(code).meta({ description: 'What to tell problems apart by.' }),
      retryable: z.literal(retryable).meta({ description: 'Whether repeating it can help.' }),
      sameKey: z
        .literal(sameKey)
        .meta({ description: 'Whether to repeat it with the same idempotency key.' }),
      ...(Object.fromEntries(shown) as z.ZodRawShape),
    })
    .meta({ id: `${pascalCase(code)}Problem`, description: `${meaning} ${remedy}` })
}

/** What each problem looks like, made of the catalogue. */
export const problemSchemas = Object.fromEntries(
  codes.map((code) => [code, schemaOf(code)]),
) as Readonly<Record<ProblemCode, ReturnType<typeof schemaOf>>>
