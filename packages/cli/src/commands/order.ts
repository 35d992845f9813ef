import { formatMoney, type Order } from '@holdfast/domain'
import { orderBody } from '@holdfast/http'
import { Command } from 'commander'
import { listLimit } from '../arguments.ts'
import {
  colourState,
  fields,
  formatTime,
  type OutputOptions,
  printList,
  printOne,
  table,
} from '../output.ts'
import { cli, orRefuse, withUseCases } from '../session.ts'

/** `holdfast order`: what customers ordered. */
export const orderCommand = (): Command =>
  new Command('order').description('what customers ordered').addCommand(show()).addCommand(list())

const show = (): Command =>
  new Command('show')
    .description('show an order with its lines, payments and history')
    .argument('<order>', 'its id')
    .option('--json', 'JSON instead of tables')
    .action((orderId: string, options: OutputOptions) =>
      withUseCases('read', async ({ getOrder }) => {
        const order = orRefuse(await getOrder({ by: cli, orderId }))
        printOne(orderBody(order), options, orderForPeople)
      }),
    )

const list = (): Command =>
  new Command('list')
    .description('list orders, newest first')
    .option('--user <id>', 'only those of this user')
    .option('--limit <number>', 'how many', listLimit, 50)
    .option('--json', 'a line of JSON an order')
    .action((options: OutputOptions & { user?: string; limit: number }) =>
      withUseCases('read', async ({ listOrders }) => {
        const by = options.user === undefined ? cli : { ...cli, onBehalfOf: options.user }
        const { items } = orRefuse(await listOrders({ by, limit: options.limit }))
        printList(items.map(orderBody), options, {
          id: ({ id }) => id,
          user: ({ userId }) => userId,
          state: ({ state }) => colourState(state),
          total: ({ total }) => formatMoney(total),
          lines: ({ lines }) => lines.map(({ sku, quantity }) => `${sku}=${quantity}`).join(' '),
          created: ({ createdAt }) => formatTime(createdAt),
        })
      }),
    )

const orderForPeople = (order: ReturnType<typeof orderBody>): string => {
  const parts = [
    fields({
      order: order.id,
      user: order.userId,
      state: colourState(order.state),
      total: formatMoney(order.total),
      version: String(order.version),
      ...(order.clientReference !== null && { reference: order.clientReference }),
      created: formatTime(order.createdAt),
      ...(order.expiresAt && { expires: formatTime(order.expiresAt) }),
      ...(Object.keys(order.metadata).length > 0 && { metadata: JSON.stringify(order.metadata) }),
      ...(order.failure && { failure: order.failure.detail }),
      next: order.actions.join(', ') || 'nothing more',
    }),
    table(
      ['sku', 'name', 'quantity', 'price', 'total'],
      order.lines.map(({ sku, name, quantity, unitPrice, lineTotal }: Order['lines'][number]) => [
        sku,
        name,
        String(quantity),
        formatMoney(unitPrice),
        formatMoney(lineTotal),
      ]),
    ),
    order.payments.length > 0 &&
      table(
        ['payment', 'state', 'amount', 'why'],
        order.payments.map(({ id, state, amount, failure }) => [
          id,
          colourState(state),
          formatMoney(amount),
          failure?.code ?? '',
        ]),
      ),
    table(
      ['', 'at', 'action', 'to', 'by', 'reason'],
      order.history.map(({ seq, at, action, to, actor, reason }) => [
        String(seq),
        formatTime(at),
        action,
        colourState(to),
        actor,
        reason ?? '',
      ]),
    ),
  ]
  return parts.filter(Boolean).join('\n\n')
}
