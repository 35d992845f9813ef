import { formatMoney, type Product } from '@holdfast/domain'
import { productBody } from '@holdfast/http'
import { fields, formatTime, type OutputOptions, printOne } from '../output.ts'

/** Writes a product for programs or for people. */
export const printProduct = (product: Product, options: OutputOptions): void =>
  printOne(productBody(product), options, (body) =>
    fields({
      id: body.id,
      sku: body.sku,
      name: body.name,
      ...(body.description && { description: body.description }),
      price: formatMoney(body.price),
      quantity: `${body.quantity}, of which ${body.reserved} reserved, ${body.available} available`,
      ...(body.maxPerOrder !== null && { 'at most': `${body.maxPerOrder} an order` }),
      version: String(body.version),
      updated: formatTime(body.updatedAt),
    }),
  )
