import { formatMoney, type Payment, type PaymentOutcome, type PaymentState } from '@holdfast/domain'
import { paymentBody } from '@holdfast/http'
import { Command, Option } from 'commander'
import { listLimit } from '../arguments.ts'
import {
  colourState,
  fields,
  formatTime,
  type OutputOptions,
  printList,
  printOne,
} from '../output.ts'
import { cli, orRefuse, withUseCases } from '../session.ts'
import { reconcileCommand } from './reconcile.ts'

/** `holdfast payment`: attempts to charge for orders. */
export const paymentCommand = (): Command =>
  new Command('payment')
    .description('attempts to charge for orders')
    .addCommand(show())
    .addCommand(list())
    .addCommand(reconcileCommand())

const show = (): Command =>
  new Command('show')
    .description('show one attempt to pay')
    .argument('<payment>', 'its id')
    .option('--json', 'JSON instead of a table')
    .action((paymentId: string, options: OutputOptions) =>
      withUseCases('read', async ({ getPayment, getOrder }) => {
        const payment = orRefuse(await getPayment({ by: cli, paymentId }))
        const { userId } = orRefuse(await getOrder({ by: cli, orderId: payment.orderId }))
        printOne(shown(payment, userId), options, (body) =>
          fields({
            payment: body.id,
            order: body.orderId,
            user: body.userId,
            attempt: String(body.attempt),
            state: colourState(body.state) + (body.overdue ? ', overdue' : ''),
            amount: formatMoney(body.amount),
            method: body.paymentMethod,
            ...(body.outcome && { gateway: OUTCOMES[body.outcome] }),
            ...(body.failure && { failure: `${body.failure.code}: ${body.failure.detail}` }),
            ...(body.refund && {
              refund: `${formatMoney(body.refund.amount)}, ${colourState(body.refund.state)}`,
            }),
            created: formatTime(body.createdAt),
            updated: formatTime(body.updatedAt),
            ...(body.state === 'PENDING' && { deadline: formatTime(body.deadlineAt) }),
            ...(body.nextCheckAt && {
              asked: asked(body.checks),
              'next check': formatTime(body.nextCheckAt),
            }),
          }),
        )
      }),
    )

const OUTCOMES: Readonly<Record<PaymentOutcome, string>> = {
  processing: 'works on it',
  unknown: 'has given no usable answer',
  not_seen: 'has never heard of it',
}

const asked = (checks: number): string =>
  checks === 0 ? 'not yet' : checks === 1 ? 'once' : `${checks} times`

/** A payment as HTTP shows it, and what only those who run the service need to know. */
const shown = (payment: Payment, userId: string) => ({
  ...paymentBody(payment),
  userId,
  deadlineAt: new Date(payment.deadlineAt).toISOString(),
  checks: payment.checks,
  nextCheckAt: payment.nextCheckAt === null ? null : new Date(payment.nextCheckAt).toISOString(),
})

type ListOptions = OutputOptions & { state?: PaymentState; overdue?: true; limit: number }

const STATES: readonly PaymentState[] = ['PENDING', 'SUCCEEDED', 'FAILED']

const list = (): Command =>
  new Command('list')
    .description('list attempts to pay, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .option('--overdue', 'only those past their deadline that the gateway could not be asked about')
    .option('--limit <number>', 'how many', listLimit, 50)
    .option('--json', 'a line of JSON a payment')
    .action(({ state, overdue, limit, ...options }: ListOptions) =>
      withUseCases('read', async ({ listPayments }) => {
        const { items } = orRefuse(await listPayments({ limit, state, overdue }))
        printList(items.map(paymentBody), options, {
          id: ({ id }) => id,
          order: ({ orderId }) => orderId,
          attempt: ({ attempt }) => String(attempt),
          state: ({ state: reached, overdue: isOverdue }) =>
            colourState(reached) + (isOverdue ? ', overdue' : ''),
          amount: ({ amount }) => formatMoney(amount),
          why: ({ failure }) => failure?.code ?? '',
          refund: ({ refund }) => (refund ? colourState(refund.state) : ''),
          created: ({ createdAt }) => formatTime(createdAt),
        })
      }),
    )
