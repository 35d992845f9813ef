import { WrongGateway } from '@holdfast/adapters'
import type { BindGatewayError, CheckGatewayError, Summary } from '@holdfast/domain'
import { Command } from 'commander'
import type { Result } from 'neverthrow'
import { ExitCode, Refusal } from '../exit.ts'
import { type OutputOptions, print, printOne } from '../output.ts'
import { withUseCases } from '../session.ts'

type BindOptions = OutputOptions & Readonly<{ yes?: boolean }>

/** `holdfast db bind-gateway`: which gateway the database believes. */
export const bindGatewayCommand = (): Command =>
  new Command('bind-gateway')
    .description(
      'bind the database to the gateway of GATEWAY_URL, or to the fake one of FAKE_LEDGER',
    )
    .option(
      '--yes',
      'even if it is bound to another one; payments made there are no longer looked after',
    )
    .option('--json', 'JSON instead of text')
    .addHelpText(
      'after',
      '\nWithout --yes a database is bound if that cannot do harm; otherwise this says what it would mean.',
    )
    .action(({ yes = false, ...options }: BindOptions) =>
      withUseCases('ask', async ({ bindGateway }, { store, clock }) => {
        const bound = await bindGateway({ onPurpose: yes })
        if (bound.isErr()) {
          const refusal = refusalOf(bound.error, await store.summary(clock.now()))
          if (options.json && bound.error.code !== 'outcome_unknown') {
            print(JSON.stringify({ ...bodyOf(bound.error), changed: false }, null, 2))
          }
          throw refusal
        }
        const { gatewayId, before } = bound.value
        const changed = before !== gatewayId
        const body = { boundTo: gatewayId, gatewayId, before: before ?? null, changed }
        printOne(body, options, () =>
          changed
            ? `bound to ${gatewayId}, before to ${before ?? 'none'}`
            : `bound to ${gatewayId}`,
        )
      }),
    )

type Denied = Exclude<BindGatewayError, { code: 'outcome_unknown' }>

const bodyOf = (refusal: Denied) => ({
  boundTo: refusal.code === 'foreign_gateway' ? refusal.boundTo : null,
  gatewayId: refusal.gatewayId,
  before: refusal.code === 'foreign_gateway' ? refusal.boundTo : null,
})

const refusalOf = (error: BindGatewayError, summary: Summary): Refusal => {
  if (error.code === 'outcome_unknown') return new Refusal(error.detail, ExitCode.tryAgain)
  if (error.code === 'unproven_gateway' && error.isDisproof) {
    return new Refusal(`${error.detail} Set GATEWAY_URL or FAKE_LEDGER to the one that does.`)
  }
  const lines = [error.detail, ...meaningOf(error, summary), HOW]
  return new Refusal(lines.join('\n      '))
}

const HOW = 'Nothing was changed. To do it on purpose: holdfast db bind-gateway --yes'

/** What it means to bind the database to the gateway that answers. */
const meaningOf = (error: Denied, { pendingPayments, refundsOwed }: Summary): readonly string[] => {
  const other = error.code === 'foreign_gateway' ? error.boundTo : 'the gateway of its payments'
  const [payments, refunds] = [counted(pendingPayments, 'payment'), counted(refundsOwed, 'refund')]
  return [
    `To bind it to ${error.gatewayId} means:`,
    `- ${payments} PENDING: fenced at ${error.gatewayId} and failed, even if ${other} took the money;`,
    `- ${refunds} owed: to be given back by ${error.gatewayId}, which has no such charge;`,
    `- payments that were made at ${other} are neither looked after nor refunded any more, and an audit reports them as unknown to the gateway.`,
  ]
}

const counted = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`

/** Ends a command that is about to ask the gateway, where its answers would not be believed. */
export const refuseWrongGateway = (checked: Result<void, CheckGatewayError>): void => {
  // A gateway that is away is no reason: each payment then stays as it is, and the command says so.
  if (checked.isOk() || checked.error.code === 'outcome_unknown') return
  throw new WrongGateway(checked.error.detail)
}
