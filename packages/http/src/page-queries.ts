import { CLIENT_REFERENCE_PATTERN } from '@holdfast/domain'
import { z } from 'zod'
import { orderState } from './enumerations.ts'
import { isUserId } from './identity.ts'

const pageQuery = (prefix: 'ord' | 'prod') =>
  z.strictObject({
    limit: z
      .string({ error: 'must be given once' })
      .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
      .transform(Number)
      .default(20)
      .meta({
        description: 'How many items a page has.',
        override: ({ jsonSchema }) => {
          delete jsonSchema.pattern
          Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100, default: 20 })
        },
      }),
    cursor: z
      .string({ error: 'must be given once' })
      .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), 'must be the nextCursor of the page before')
      .optional()
      .meta({ description: 'The `nextCursor` of the page before; without it, the first page.' }),
  })

/** The query of a list, by the prefix of its ids: `limit` (20 by default), `cursor`, and which orders. */
export const pageQueries = {
  ord: pageQuery('ord').extend({
    state: z
      .enum(orderState.options, { error: `must be one of ${orderState.options.join(', ')}` })
      .optional()
      .meta({ description: 'Only orders in this state.' }),
    clientReference: z
      .string({ error: 'must be given once' })
      .regex(CLIENT_REFERENCE_PATTERN, 'must be 1 to 64 visible ASCII characters')
      .optional()
      .meta({ description: 'Only orders that have this reference: one of each user at most.' }),
    userId: z
      .string({ error: 'must be given once' })
      .refine(isUserId, 'must be a name that a user can have')
      .optional()
      .meta({
        description: 'Only orders of this user. Another user than oneself is for admins.',
        override: { minLength: 1, maxLength: 128 },
      }),
  }),
  prod: pageQuery('prod'),
}
