import { formatMoney } from '@holdfast/domain'
import { productBody } from '@holdfast/http'
import { Command } from 'commander'
import { listLimit, price, productRef, quantityLimit, wholeNumber } from '../arguments.ts'
import { ExitCode, Refusal } from '../exit.ts'
import { formatTime, type OutputOptions, print, printList, table } from '../output.ts'
import { cli, orRefuse, withUseCases } from '../session.ts'
import { printProduct } from './print-product.ts'
import { restockCommand } from './restock.ts'

/** `holdfast product`: what is for sale, and how much of it. */
export const productCommand = (): Command =>
  new Command('product')
    .description('what is for sale, and how much of it')
    .addCommand(add())
    .addCommand(show())
    .addCommand(list())
    .addCommand(set())
    .addCommand(restockCommand())

type Details = {
  sku?: string
  name?: string
  description?: string
  price?: string
  currency?: string
  maxPerOrder?: number | 'none'
}

type Changes = Details & { quantity?: number }

const add = (): Command =>
  json(new Command('add'))
    .description('make a product')
    .argument('<sku>', 'its code, unique among all products')
    .requiredOption('--name <name>', 'what customers see')
    .requiredOption('--price <decimal>', 'its price, such as 12.99')
    .option('--currency <code>', 'ISO 4217', 'EUR')
    .option('--description <text>', 'more about it', '')
    .option('--quantity <number>', 'how many are on hand', wholeNumber, 0)
    .option(
      '--max-per-order <number>',
      'how many one order may have, or none',
      quantityLimit,
      'none',
    )
    .action((sku: string, options: Required<Details> & OutputOptions & { quantity: number }) =>
      withUseCases('write', async ({ createProduct }) => {
        const { name, description, quantity, maxPerOrder } = options
        const details = { sku, name, description, price: price(options.price, options.currency) }
        const limits = { quantity, maxPerOrder: limit(maxPerOrder) }
        printProduct(orRefuse(await createProduct({ by: cli, ...details, ...limits })), options)
      }),
    )

const show = (): Command =>
  json(new Command('show'))
    .description('show a product and every change of its stock')
    .argument('<product>', 'its id or sku')
    .action((ref: string, options: OutputOptions) =>
      withUseCases('read', async ({ getProduct, listMovements }) => {
        const product = orRefuse(await getProduct(productRef(ref)))
        printProduct(product, options)
        if (options.json) return
        const movements = orRefuse(await listMovements(product.id))
        print(
          `\n${table(
            ['at', 'kind', 'quantity', 'reserved', 'order', 'by'],
            movements.map(({ at, kind, quantityDelta, reservedDelta, orderId, actor }) => [
              formatTime(new Date(at).toISOString()),
              kind,
              String(quantityDelta),
              String(reservedDelta),
              orderId ?? '',
              actor,
            ]),
          )}`,
        )
      }),
    )

const list = (): Command =>
  json(new Command('list'))
    .description('list products, newest first')
    .option('--limit <number>', 'how many', listLimit, 50)
    .action((options: OutputOptions & { limit: number }) =>
      withUseCases('read', async ({ listProducts }) => {
        const { items } = orRefuse(await listProducts({ limit: options.limit }))
        printList(items.map(productBody), options, {
          id: ({ id }) => id,
          sku: ({ sku }) => sku,
          name: ({ name }) => name,
          price: (product) => formatMoney(product.price),
          quantity: ({ quantity }) => String(quantity),
          reserved: ({ reserved }) => String(reserved),
          available: (product) => String(product.available),
        })
      }),
    )

const set = (): Command =>
  json(new Command('set'))
    .description('change a product; what is left out stays')
    .argument('<product>', 'its id or sku')
    .option('--sku <code>', 'a new code')
    .option('--name <name>', 'a new name')
    .option('--description <text>', 'a new description')
    .option('--price <decimal>', 'a new price, such as 12.99')
    .option('--currency <code>', 'the currency of --price; as it was if left out')
    .option('--quantity <number>', 'how many are on hand', wholeNumber)
    .option('--max-per-order <number>', 'how many one order may have, or none', quantityLimit)
    .action((ref: string, options: Changes & OutputOptions) => {
      refuseNoChange(options)
      return withUseCases('write', async ({ getProduct, updateProduct }) => {
        const before = orRefuse(await getProduct(productRef(ref)))
        const { currency = before.price.currency, ...given } = options
        const { sku, name, description, quantity, maxPerOrder } = given
        const priced = options.price === undefined ? undefined : price(options.price, currency)
        const details = { sku, name, description, quantity, price: priced }
        const changes = { ...details, maxPerOrder: limit(maxPerOrder) }
        printProduct(
          orRefuse(await updateProduct({ by: cli, productId: before.id, ...changes })),
          options,
        )
      })
    })

const limit = (given: Details['maxPerOrder']): number | null | undefined =>
  given === 'none' ? null : given

/** Whoever sets nothing, or a currency without its price, means something else than what they would get. */
const refuseNoChange = ({ price: decimal, currency, ...others }: Changes & OutputOptions): void => {
  const { sku, name, description, quantity, maxPerOrder } = others
  if (currency !== undefined && decimal === undefined) {
    throw new Refusal('--currency is that of --price, which is missing.', ExitCode.usage)
  }
  const given = [decimal, sku, name, description, quantity, maxPerOrder]
  if (given.every((value) => value === undefined)) {
    throw new Refusal('Nothing to change was named; see --help.', ExitCode.usage)
  }
}

const json = (command: Command): Command => command.option('--json', 'JSON instead of a table')
