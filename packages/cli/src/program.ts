import { readFileSync } from 'node:fs'
import {
  GatewayUnavailable,
  RefusedByServer,
  UnsafeServer,
  UnusableFile,
  WrongGateway,
  WrongSchema,
} from '@holdfast/adapters'
import { StoreUnavailable } from '@holdfast/domain'
import { createRedact } from '@holdfast/http'
import { Command, CommanderError } from 'commander'
import { auditCommand } from './commands/audit.ts'
import { configCommand } from './commands/config.ts'
import { dbCommand } from './commands/db.ts'
import { gatewayCommand } from './commands/gateway.ts'
import { orderCommand } from './commands/order.ts'
import { paymentCommand } from './commands/payment.ts'
import { productCommand } from './commands/product.ts'
import { refundCommand } from './commands/refund.ts'
import { serveCommand } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'
import { loadEnvFile } from './environment.ts'
import { ExitCode, Refusal } from './exit.ts'
import { complain } from './output.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** All commands. Each is one file; this is the list of them. */
export const createProgram = (): Command =>
  new Command('holdfast')
    .description('Orders and payments that keep their promises.')
    .version(version)
    .addCommand(serveCommand())
    .addCommand(productCommand())
    .addCommand(orderCommand())
    .addCommand(paymentCommand())
    .addCommand(refundCommand())
    .addCommand(auditCommand())
    .addCommand(dbCommand())
    .addCommand(gatewayCommand())
    .addCommand(tokenCommand())
    .addCommand(configCommand())
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 refused by a rule, 2 wrong usage, 70 a bug, 75 try again later, 78 bad configuration.',
    )

/** Runs one command line and returns the exit code. */
export const run = async (argv: readonly string[]): Promise<number> => {
  const program = createProgram()
  for (const command of everyCommand(program)) command.exitOverride()
  try {
    loadEnvFile()
    await program.parseAsync(argv)
    return Number(process.exitCode ?? ExitCode.done)
  } catch (error) {
    return explain(error)
  }
}

/** A command with all that are below it. */
export const everyCommand = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(everyCommand),
]

/** Errors of libraries quote what they were given. */
const redact = createRedact()

/** What goes away only when somebody sets up something else. */
const misconfigured = [WrongSchema, UnsafeServer, UnusableFile, RefusedByServer, WrongGateway]

/** Says on stderr why a command failed, and gives its exit code. */
export const explain = (error: unknown): number => {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong already. Help and version are not errors.
    return error.exitCode === 0 ? ExitCode.done : ExitCode.usage
  }
  if (error instanceof Refusal) {
    complain(error.message)
    return error.exitCode
  }
  if (error instanceof Error && misconfigured.some((kind) => error instanceof kind)) {
    complain(redact(error.message))
    return ExitCode.configuration
  }
  if (error instanceof StoreUnavailable) {
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
    complain(redact(`${error.message}${cause} Please try again.`))
    return ExitCode.tryAgain
  }
  if (error instanceof GatewayUnavailable) {
    complain(error.message)
    return ExitCode.tryAgain
  }
  if (isListenError(error)) {
    complain(`HOST and PORT: ${error.message}.${adviceOn(error)}`)
    return ExitCode.configuration
  }
  complain(redact(error instanceof Error ? (error.stack ?? error.message) : String(error)))
  return ExitCode.bug
}

/** The port is often taken by a server that was started before, and forgotten. */
const adviceOn = ({ code }: NodeJS.ErrnoException): string =>
  code === 'EADDRINUSE' ? ' Is a server running already? Stop it, or set PORT to another one.' : ''

/** Whether the server could not take its address. */
const isListenError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  'syscall' in error &&
  /^(listen|getaddrinfo)$/.test(String(error.syscall))
