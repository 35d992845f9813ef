import { z } from 'zod'
import { id, money, nextCursor, time } from './response-schemas.ts'

/** A product as everybody sees it. */
export const product = z
  .object({
    id: id('prod'),
    sku: z.string(),
    name: z.string(),
    description: z.string(),
    price: money,
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
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Product', description: 'Something to sell.' })

/** A page of products. */
export const productList = z
  .object({ items: z.array(product), nextCursor: nextCursor('prod') })
  .meta({ id: 'ProductList', description: 'A page of products, newest first.' })
