import { formatMoney } from '@holdfast/domain'
import { paymentBody } from '@holdfast/http'
import { Command } from 'commander'
import { colourState, fields, formatTime, type OutputOptions, printOne } from '../output.ts'
import { cli, orRefuse, withUseCases } from '../session.ts'

/** `holdfast payment`: attempts to charge for orders. */
export const paymentCommand = (): Command =>
  new Command('payment').description('attempts to charge for orders').addCommand(show())

const show = (): Command =>
  new Command('show')
    .description('show one attempt to pay')
    .argument('<payment>', 'its id')
    .option('--json', 'JSON instead of a table')
    .action((paymentId: string, options: OutputOptions) =>
      withUseCases(async ({ getPayment }) => {
        const payment = orRefuse(await getPayment({ by: cli, paymentId }))
        printOne(paymentBody(payment), options, (body) =>
          fields({
            payment: body.id,
            order: body.orderId,
            attempt: String(body.attempt),
            state: colourState(body.state) + (body.overdue ? ', overdue' : ''),
            amount: formatMoney(body.amount),
            ...(body.failure && { failure: `${body.failure.code}: ${body.failure.detail}` }),
            created: formatTime(body.createdAt),
            updated: formatTime(body.updatedAt),
          }),
        )
      }),
    )
