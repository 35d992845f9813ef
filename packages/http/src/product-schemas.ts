import { z } from 'zod'
import { amount, id, nextCursor, time } from './response-schemas.ts'

/** A product as everybody sees it. */
export const product = z
  .object({
    id: id('prod').meta({ description: 'The id of the product.' }),
    sku: z.string().meta({ description: 'Its code, which no other product has.' }),
    name: z.string().meta({ description: 'What it is called.' }),
    description: z.string().meta({ description: 'What there is to say about it; may be empty.' }),
    price: amount('What one of it costs now.'),
    quantity: z.int().min(0).meta({ description: 'What is on hand.' }),
    reserved: z.int().min(0).meta({ description: 'The part of it that unpaid orders hold.' }),
    available: z.int().min(0).meta({ description: 'What is free to be ordered.' }),
    maxPerOrder: z
      .int()
      .min(1)
      .nullable()
      .meta({ description: 'How much of it one order may have; null for no limit.' }),
    version: z
      .int()
      .min(1)
      .meta({ description: 'Counts what an admin has written, not what orders reserve.' }),
    createdAt: time.meta({ description: 'When it was put on sale.' }),
    updatedAt: time.meta({ description: 'When it or its stock last changed.' }),
  })
  .meta({ id: 'Product', description: 'Something to sell.' })

/** A page of products. */
export const productList = z
  .object({
    items: z.array(product).meta({ description: 'The products of the page.' }),
    nextCursor: nextCursor('prod'),
  })
  .meta({ id: 'ProductList', description: 'A page of products, newest first.' })
