import {
  MAX_DESCRIPTION_LENGTH,
  MAX_LINE_QUANTITY,
  MAX_NAME_LENGTH,
  MAX_QUANTITY_ON_HAND,
  SKU_PATTERN,
} from '@holdfast/domain'
import { z } from 'zod'
import { from, isObject, money, text } from './request-parts.ts'

const sku = text.meta({
  description: 'Its code, which no other product has.',
  override: { pattern: SKU_PATTERN.source },
})
const name = text.meta({
  description: 'What it is called.',
  override: { minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: '\\S' },
})
const description = text.meta({
  description: 'What there is to say about it.',
  override: { maxLength: MAX_DESCRIPTION_LENGTH },
})
const quantity = from(0, MAX_QUANTITY_ON_HAND).meta({ description: 'What is on hand.' })
const price = z.nonoptional(money).meta({ description: 'What one of it costs.' })
const maxPerOrder = from(1, MAX_LINE_QUANTITY).nullable().optional().meta({
  description: 'How much of it one order may have; null for no limit.',
})

/** The body of `POST /product`. */
export const createProductBody = z
  .strictObject(
    {
      sku,
      name,
      description: description.default(''),
      price,
      quantity: quantity.default(0),
      maxPerOrder,
    },
    isObject,
  )
  .meta({ id: 'NewProduct' })

/** The body of `PUT /product/{id}`: what is left out stays. */
export const updateProductBody = z
  .strictObject({ sku, name, description, price, quantity, maxPerOrder }, isObject)
  .partial()
  .extend({
    quantityDelta: from(-MAX_QUANTITY_ON_HAND, MAX_QUANTITY_ON_HAND).optional().meta({
      description:
        'Changes `quantity` by so much, instead of setting it. Send an `Idempotency-Key` with it.',
    }),
  })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'must change something' })
  .meta({
    id: 'ProductChanges',
    override: {
      minProperties: 1,
      not: {
        properties: { quantity: {}, quantityDelta: {} },
        required: ['quantity', 'quantityDelta'],
      },
    },
  })
