import type { InvalidSignature } from '@holdfast/adapters'
import type { Operation, ProblemsOf } from './openapi/operation.ts'
import { notificationBody } from './request-schemas.ts'

/** What a gateway calls, as the OpenAPI document describes it. */
export const notificationOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/gateway/notification',
    id: 'notify',
    tag: 'Gateway',
    summary: 'Report what happened to a charge',
    description:
      'Stored before it is answered, and applied once for each `eventId`, by asking the gateway. Anything but 204 is to be sent again.',
    access: 'gateway',
    body: notificationBody,
    answers: { 204: { what: 'It is stored.' } },
    problems: { invalid_signature: ['WWW-Authenticate'] } satisfies ProblemsOf<InvalidSignature>,
  },
]
