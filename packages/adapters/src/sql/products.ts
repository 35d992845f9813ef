import type { Page, Product, ProductRef } from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import { integer, integerOrNull, type Row, type Statement, text, textOrNull } from './statement.ts'

/** The products of an order's lines; `orders` is a sub-select of order ids. */
export const productsOfOrders = (orders: Statement): Statement => ({
  sql: `select * from products where id in (select product_id from order_lines where order_id in (${orders.sql}))`,
  params: orders.params,
})

/** Products by id. */
export const productsByIds = (dialect: Dialect, ids: readonly string[]): Statement => ({
  sql: `select * from products where ${dialect.isAmong('id')}`,
  params: [JSON.stringify(ids)],
})

/** One product, by id or code. */
export const productBy = (ref: ProductRef): Statement =>
  'id' in ref
    ? { sql: 'select * from products where id = ?', params: [ref.id] }
    : { sql: 'select * from products where sku = ?', params: [ref.sku] }

/** A product that is to be changed. */
export const productToChange = (id: string, { lock }: Pick<Dialect, 'lock'>): Statement => ({
  sql: `select * from products where id = ?${lock}`,
  params: [id],
})

/** A page of products, newest first. */
export const productPage = ({ limit, after }: Page): Statement =>
  after === undefined
    ? { sql: 'select * from products order by id desc limit ?', params: [limit] }
    : {
        sql: 'select * from products where id < ? order by id desc limit ?',
        params: [after, limit],
      }

/** A product without stock: its stock comes by a movement. */
export const insertProduct = (product: Product): Statement => ({
  sql: `insert into products
      (sku, name, description, price_minor, currency, max_per_order, version, last_edit, updated_at, id, created_at,
        quantity, reserved)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
  params: [...details(product), product.id, product.createdAt],
})

/** New details, and hits nothing once anybody else has written some; the stock is left to movements. */
export const updateProduct = (before: Product, after: Product): Statement => ({
  sql: `update products set sku = ?, name = ?, description = ?, price_minor = ?, currency = ?, max_per_order = ?,
      version = ?, last_edit = ?, updated_at = ? where id = ? and version = ?`,
  params: [...details(after), before.id, before.version],
  mustAffect: 1,
})

const details = ({ sku, name, description, price, updatedAt, ...product }: Product) => [
  sku,
  name,
  description,
  price.amountMinor,
  price.currency,
  product.maxPerOrder,
  product.version,
  product.lastEdit,
  updatedAt,
]

/** A product out of its row. */
export const toProduct = (row: Row): Product => ({
  id: text(row, 'id'),
  sku: text(row, 'sku'),
  name: text(row, 'name'),
  description: text(row, 'description'),
  price: { amountMinor: integer(row, 'price_minor'), currency: text(row, 'currency') },
  quantity: integer(row, 'quantity'),
  reserved: integer(row, 'reserved'),
  maxPerOrder: integerOrNull(row, 'max_per_order'),
  version: integer(row, 'version'),
  lastEdit: textOrNull(row, 'last_edit'),
  createdAt: integer(row, 'created_at'),
  updatedAt: integer(row, 'updated_at'),
})
