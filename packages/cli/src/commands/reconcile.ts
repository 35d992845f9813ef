import { formatMoney, type Reconciled, type Settled } from '@holdfast/domain'
import { paymentBody } from '@holdfast/http'
import { Command } from 'commander'
import { colourState, type OutputOptions, printOne, table } from '../output.ts'
import { withProgress } from '../progress.ts'
import { withUseCases } from '../session.ts'
import { refuseWrongGateway } from './bind-gateway.ts'
import { listedRefund } from './refund.ts'

/** `holdfast payment reconcile`: what the server does by itself, at once. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('ask the gateway about the payments and refunds that are due')
    .option('--all', 'about every PENDING payment, due or not')
    .option('--json', 'JSON instead of a table')
    .addHelpText('after', '\nWhat a server is asking about at this moment is left to it.')
    .action(({ all = false, ...options }: OutputOptions & { all?: boolean }) =>
      withUseCases('ask', async ({ reconcilePayments, settleRefunds, checkGateway }) => {
        refuseWrongGateway(await checkGateway())
        const reconciled = await withProgress((show) => {
          let done = 0
          const showAsked = () => show({ doing: 'payments asked about', done })
          showAsked()
          return reconcilePayments({
            all,
            onAsked: () => {
              done += 1
              showAsked()
            },
          })
        })
        printOne(bodyOf(reconciled, await settleRefunds()), options, forPeople)
      }),
    )

const bodyOf = (
  { concluded, stillPending, owed }: Reconciled,
  { confirmed, stillOwed }: Settled,
) => ({
  concluded: concluded.map(paymentBody),
  stillPending: stillPending.map(paymentBody),
  owed: owed.map(paymentBody),
  refundsConfirmed: confirmed.map(listedRefund),
  refundsStillOwed: stillOwed.map(listedRefund),
})

type Body = ReturnType<typeof bodyOf>

const forPeople = (body: Body): string => {
  const payments = (what: string, some: Body['concluded']) =>
    some.map(({ id, state, overdue, amount, failure }) => [
      what,
      id,
      colourState(state) + (overdue ? ', overdue' : ''),
      formatMoney(amount),
      failure?.code ?? '',
    ])
  const refunds = (what: string, some: Body['refundsConfirmed']) =>
    some.map(({ paymentId, state, amount, attempts }) => [
      what,
      paymentId,
      colourState(state),
      formatMoney(amount),
      attempts > 0 ? `asked in vain ${attempts} times` : '',
    ])
  const rows = [
    ...payments('concluded', body.concluded),
    ...payments('still pending', body.stillPending),
    ...payments('captured late', body.owed),
    ...refunds('refund confirmed', body.refundsConfirmed),
    ...refunds('refund still owed', body.refundsStillOwed),
  ]
  return rows.length > 0 ? table(['', 'payment', 'state', 'amount', ''], rows) : 'nothing was due'
}
