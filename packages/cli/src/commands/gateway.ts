import {
  DEFAULT_FAKE_DELAYS,
  type FaultRates,
  type GatewayServer,
  type LedgerEntry,
  NO_FAULTS,
  readLedger,
  startGatewayServer,
} from '@holdfast/adapters'
import { formatMoney } from '@holdfast/domain'
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { durationMs, httpUrl, portNumber, share } from '../arguments.ts'
import { ExitCode, Refusal } from '../exit.ts'
import { formatTime, type OutputOptions, print, printList, tell } from '../output.ts'
import { gatewayConfiguration, orNameWrong } from '../session.ts'
import { toldToStop } from './serve.ts'

/** `holdfast gateway`: the fake payment gateway, as a server of its own. */
export const gatewayCommand = (): Command =>
  new Command('gateway')
    .description('the fake payment gateway')
    .addCommand(serve())
    .addCommand(ledger())

type ServeOptions = Omit<FaultRates, 'slowAnswerMs'> &
  Readonly<{
    host: string
    port: number
    notify?: string
    slowCapture: number
    lateCapture: number
    slowBy: number
  }>

const rate = (flag: string, description: string): Option =>
  new Option(`--${flag} <share>`, description).argParser(share).default(0)

const time = (flag: string, description: string, ms: number): Option =>
  new Option(`--${flag} <duration>`, description).argParser(durationMs).default(ms, `${ms / 1000}s`)

const serve = (): Command =>
  new Command('serve')
    .description('run the gateway as a server, on the ledger of FAKE_LEDGER')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .addOption(
      new Option('--port <port>', 'the port; 0 takes a free one')
        .argParser(portNumber)
        .default(3001),
    )
    .addOption(
      new Option('--notify <url>', 'where to report what happens to charges').argParser(httpUrl),
    )
    .addOption(time('slow-capture', 'fake_slow captures after', DEFAULT_FAKE_DELAYS.slowMs))
    .addOption(time('late-capture', 'late captures come after', DEFAULT_FAKE_DELAYS.lateMs))
    .addOption(rate('lost-answers', 'requests that are done and never answered'))
    .addOption(rate('errors', 'requests that are answered with 503 and not done'))
    .addOption(rate('nonsense', 'requests that are done and answered with nonsense'))
    .addOption(rate('slow-answers', 'requests that are answered late'))
    .addOption(time('slow-by', 'how late that is', NO_FAULTS.slowAnswerMs))
    .addOption(rate('forgotten-keys', 'lookups that do not find a known key'))
    .addOption(rate('doubled-notifications', 'notifications that are sent twice'))
    .addOption(rate('delayed-notifications', 'notifications that others overtake'))
    .addHelpText('after', '\nA share is from 0 to 1: 0.05 is one in twenty.')
    .action(async (options: ServeOptions) => {
      const told = toldToStop()
      const server = await listening(options)
      tell(`holdfast gateway listens on ${pc.bold(server.url)}`)
      await told
      await server.stop()
    })

const listening = async (options: ServeOptions): Promise<GatewayServer> => {
  const { host, port, notify, slowCapture, lateCapture, slowBy, ...rates } = options
  const { fakeLedgerFile, gatewaySecret, shutdownGraceMs } = gatewayConfiguration()
  try {
    const started = await startGatewayServer({
      ...{ host, port, ledgerFile: fakeLedgerFile, secret: gatewaySecret, notifyUrl: notify },
      delays: { slowMs: slowCapture, lateMs: lateCapture },
      faults: { ...rates, slowAnswerMs: slowBy },
      graceMs: shutdownGraceMs,
      note: tell,
    })
    return orNameWrong(started.mapErr((error) => [error]))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new Refusal(`--host and --port: ${error.message}`, ExitCode.configuration)
  }
}

const ledger = (): Command =>
  new Command('ledger')
    .description('show what the gateway knows of every charge')
    .option('--json', 'a line of JSON a charge instead of a table')
    .action(async (options: OutputOptions) => {
      const rows: LedgerRow[] = []
      for await (const entry of readLedger(gatewayConfiguration())) {
        if (options.json) print(JSON.stringify(rowOf(entry)))
        else rows.push(rowOf(entry))
      }
      if (options.json) return
      printList(rows, options, {
        key: ({ idempotencyKey }) => idempotencyKey,
        state: ({ state }) => state,
        amount: ({ amountMinor, currency }) =>
          amountMinor === null || currency === null ? '' : formatMoney({ amountMinor, currency }),
        refunded: ({ refunded }) => (refunded ? 'yes' : ''),
        at: ({ at }) => formatTime(at),
      })
    })

type LedgerRow = ReturnType<typeof rowOf>

const rowOf = ({ idempotencyKey, state, amount, refunds, at }: LedgerEntry) => ({
  idempotencyKey,
  state,
  amountMinor: amount?.amountMinor ?? null,
  currency: amount?.currency ?? null,
  refunded: refunds > 0,
  at: new Date(at).toISOString(),
})
