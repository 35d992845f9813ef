import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiRequestBodyObject,
} from 'zod-openapi'
import { notificationOperations } from '../notification-operations.ts'
import { orderOperations } from '../order-operations.ts'
import { paymentOperations } from '../payment-operations.ts'
import { productOperations } from '../product-operations.ts'
import { serviceOperations } from '../service-operations.ts'
import { answersElsewhere, answersOf } from './answers.ts'
import { examples, sharedComponents } from './examples.ts'
import { idempotencyKey, ifMatch, ifNoneMatch, prefer } from './headers.ts'
import { introduction } from './introduction.ts'
import { type Operation, takesKey } from './operation.ts'

/** Every route of the service, in the order in which a newcomer can try them: there is nothing to order without a product. */
export const operations: readonly Operation[] = [
  ...productOperations,
  ...orderOperations,
  ...paymentOperations,
  ...notificationOperations,
  ...serviceOperations,
]

/** An OpenAPI document. */
export type OpenApi = ReturnType<typeof createDocument>

/** The service as an OpenAPI 3.1 document, made of the very schemas that check requests and type answers. */
export const createOpenApi = (): OpenApi =>
  createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Holdfast',
        version: version(),
        summary: 'Orders and payments that are made once, and kept.',
        description: introduction,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [
        { name: 'Products', description: 'What there is to buy. Only an admin changes it.' },
        { name: 'Orders', description: 'A user’s own purchases.' },
        { name: 'Payments', description: 'Attempts to charge an order, one at a time.' },
        { name: 'Gateway', description: 'What the payment gateway reports of its own accord.' },
        { name: 'Service', description: 'Health, and pages that explain. No sign-in.' },
      ],
      paths: Object.fromEntries(
        Object.entries(Object.groupBy(operations, ({ path }) => path)).map(([path, list = []]) => [
          path,
          Object.fromEntries(list.map((operation) => [operation.method, describe(operation)])),
        ]),
      ),
      components: {
        securitySchemes,
        examples: sharedComponents(),
        responses: answersElsewhere(),
      },
    },
    { override: letAnswersGrow },
  )

const version = (): string => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

const securitySchemes = {
  userId: {
    type: 'apiKey',
    in: 'header',
    name: 'X-User-Id',
    description:
      'With AUTH=local: the name of the user, 1 to 128 letters, digits or . _ @ : | + -. Any name will do.',
  },
  userRole: {
    type: 'apiKey',
    in: 'header',
    name: 'X-User-Role',
    description: 'With AUTH=local: `admin`, for those who write products.',
  },
  bearerToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'With AUTH=jwt: a signed token; `roles` holds `admin` for those who write products. With JWT_SECRET, `holdfast token issue --user ann --admin` prints one.',
  },
  gatewaySignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Gateway-Signature',
    description:
      '`t=<unix seconds>,v1=<hex>`, where `v1` is the HMAC-SHA256 of `<t>.<body>` with GATEWAY_SECRET; five minutes old at most.',
  },
} as const

const security = {
  probe: [],
  anybody: [],
  user: [{ userId: [] }, { bearerToken: [] }],
  admin: [{ userId: [], userRole: [] }, { bearerToken: ['admin'] }],
  gateway: [{ gatewaySignature: [] }],
}

const describe = (operation: Operation): ZodOpenApiOperationObject => {
  const { id, tag, summary, description, access, inPath = {}, query, body } = operation
  const [shown] = examples.filter(({ of, answer }) => of.operation === id && answer.status < 300)
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: security[access],
    parameters: [
      ...Object.entries(inPath).map(([name, what]) => ({
        name,
        in: 'path' as const,
        required: true,
        description: what,
        schema: { type: 'string' as const },
        ...(shown && { example: partOf(operation.path, shown.request.path, name) }),
      })),
      ...(takesKey(operation) ? [idempotencyKey] : []),
      ...(operation.honoursIfMatch ? [ifMatch] : []),
      ...(operation.honoursWait ? [prefer] : []),
      ...(operation.answers[304] ? [ifNoneMatch] : []),
    ],
    ...(query && { requestParams: { query } }),
    ...(body && { requestBody: bodyOf(id, body) }),
    responses: answersOf(operation),
  }
}

/** What stands in a path where its template has a name in braces. */
const partOf = (template: string, path: string, name: string): string | undefined =>
  path.split('/')[template.split('/').indexOf(`{${name}}`)]

/** The bodies that are shown are those of the examples that succeed. */
const bodyOf = (id: string, schema: z.ZodType): ZodOpenApiRequestBodyObject => {
  const accepted = examples.filter(
    ({ of, request, answer }) =>
      of.operation === id && answer.status < 300 && request.body !== undefined,
  )
  return {
    required: !schema.safeParse({}).success,
    content: {
      'application/json': {
        schema,
        examples: Object.fromEntries(
          accepted.map(({ name, summary, request }) => [name, { summary, value: request.body }]),
        ),
      },
    },
  }
}

/** Answers may gain fields in a later version; whoever reads them ignores what they do not know. */
const letAnswersGrow: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  if (io === 'output' && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties
  }
}
