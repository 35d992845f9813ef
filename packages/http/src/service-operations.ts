import { z } from 'zod'
import type { Answer, Operation } from './openapi/operation.ts'

const page: Answer = {
  what: 'A page for people.',
  type: 'text/html',
  headers: ['Content-Security-Policy'],
}

const upOrDown = (what: string) =>
  z.enum(['up', 'down']).meta({ description: `Whether ${what} answers: \`up\` or \`down\`.` })

/** The routes that need no sign-in, as the OpenAPI document describes them. */
export const serviceOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    id: 'getHealth',
    tag: 'Service',
    summary: 'Whether the process is alive',
    description: 'Asks neither the database nor the gateway.',
    access: 'probe',
    answers: {
      200: {
        what: 'It is.',
        schema: z.object({ status: z.literal('ok').meta({ description: 'It is alive.' }) }),
      },
    },
    problems: {},
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'getReadiness',
    tag: 'Service',
    summary: 'Whether the service can do its work',
    description:
      'It cannot without its database, or where that takes no writes: then `since` says since when. Without the gateway it takes and shows orders all the same, and says so. `keys` is there with `JWKS_URL`: while the keys at it cannot be fetched, those that are known go on.',
    access: 'probe',
    answers: {
      200: {
        what: 'It can.',
        schema: z.object({
          status: z.literal('ready').meta({ description: 'It takes orders.' }),
          database: z.literal('up').meta({ description: 'It answers, and takes writes.' }),
          gateway: upOrDown('the payment gateway'),
          keys: upOrDown('the server of the keys at `JWKS_URL`').optional(),
        }),
      },
    },
    problems: { store_unavailable: ['Retry-After'] },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'Service',
    summary: 'What is counted and measured',
    description: 'Names no user, order or payment.',
    access: 'probe',
    answers: { 200: { what: 'Metrics in the text format of Prometheus.', type: 'text/plain' } },
    problems: {},
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    tag: 'Service',
    summary: 'This document',
    description: 'Made of the schemas that requests are checked with.',
    access: 'anybody',
    answers: {
      200: {
        what: 'An OpenAPI 3.1 document.',
        schema: z.looseObject({
          openapi: z.string().meta({ description: 'The version of OpenAPI.' }),
        }),
      },
    },
    problems: {},
  },
  {
    method: 'get',
    path: '/',
    id: 'getStart',
    tag: 'Service',
    summary: 'Where to begin',
    description: 'Leads to the reference.',
    access: 'anybody',
    answers: {
      302: { what: 'The reference is the place to begin.', headers: ['Location'] },
    },
    problems: {},
  },
  {
    method: 'get',
    path: '/docs',
    id: 'getDocs',
    tag: 'Service',
    summary: 'An interactive reference',
    description: 'Sends requests to this service, and loads nothing from any other host.',
    access: 'anybody',
    answers: { 200: page },
    problems: {},
  },
  {
    method: 'get',
    path: '/docs/{file}',
    id: 'getDocsFile',
    tag: 'Service',
    summary: 'A file of the interactive reference',
    description: 'Browsers keep it for good.',
    access: 'anybody',
    inPath: { file: 'Its name, which changes with its content.' },
    answers: {
      200: {
        what: 'The file.',
        type: '*/*',
        headers: ['Cache-Control'],
      },
    },
    problems: { not_found: [] },
  },
  {
    method: 'get',
    path: '/problems',
    id: 'listProblems',
    tag: 'Service',
    summary: 'Every problem that there is',
    description: 'By status; each has a page of its own.',
    access: 'anybody',
    answers: { 200: page },
    problems: {},
  },
  {
    method: 'get',
    path: '/problems/{code}',
    id: 'getProblem',
    tag: 'Service',
    summary: 'What a problem means',
    description: 'This is where the `type` of a problem leads.',
    access: 'anybody',
    inPath: { code: 'The problem’s code.' },
    answers: { 200: page },
    problems: { not_found: [] },
  },
]
