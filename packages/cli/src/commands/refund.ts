import { formatMoney, type Refund } from '@holdfast/domain'
import { refundBody } from '@holdfast/http'
import { Command } from 'commander'
import { listLimit } from '../arguments.ts'
import { colourState, formatTime, type OutputOptions, printList } from '../output.ts'
import { orRefuse, withUseCases } from '../session.ts'

/** `holdfast refund`: money that is given back because it was taken for an attempt that had failed. */
export const refundCommand = (): Command =>
  new Command('refund')
    .description('money taken for failed attempts, to be given back')
    .addCommand(list())

type ListOptions = OutputOptions & { owed?: boolean; limit: number }

const list = (): Command =>
  new Command('list')
    .description('list refunds, those of the newest payments first')
    .option('--owed', 'only those that the gateway has not confirmed yet')
    .option('--limit <number>', 'how many', listLimit, 50)
    .option('--json', 'a line of JSON a refund')
    .action(({ owed, limit, ...options }: ListOptions) =>
      withUseCases('read', async ({ listRefunds }) => {
        const { items } = orRefuse(await listRefunds({ limit, state: owed ? 'OWED' : undefined }))
        printList(items.map(listedRefund), options, {
          payment: ({ paymentId }) => paymentId,
          state: ({ state }) => colourState(state),
          amount: ({ amount }) => formatMoney(amount),
          'asked in vain': ({ attempts }) => String(attempts),
          created: ({ createdAt }) => formatTime(createdAt),
          updated: ({ updatedAt }) => formatTime(updatedAt),
        })
      }),
    )

/** A refund with the payment that it is of. */
export const listedRefund = (refund: Refund) => ({
  paymentId: refund.paymentId,
  ...refundBody(refund),
})
