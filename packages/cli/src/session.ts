import { existsSync } from 'node:fs'
import {
  type Adapters,
  type Configuration,
  type ConfigurationError,
  type GatewayConfiguration,
  openAdapters,
  type Purpose,
  readConfiguration,
  readGatewayConfiguration,
} from '@holdfast/adapters'
import { createUseCases, type DomainError, type UseCases } from '@holdfast/domain'
import type { Result } from 'neverthrow'
import { ExitCode, Refusal } from './exit.ts'
import { tell } from './output.ts'

/** The configuration from the environment, or a refusal that names every wrong variable. */
export const configuration = (): Configuration => orNameWrong(readConfiguration(process.env))

/** What concerns the gateway, where nothing else need be configured. */
export const gatewayConfiguration = (): GatewayConfiguration =>
  orNameWrong(readGatewayConfiguration(process.env))

/** The value, or a refusal that names every wrong variable. */
export const orNameWrong = <T>(read: Result<T, readonly ConfigurationError[]>): T =>
  read.match(
    (values) => values,
    (errors) => {
      const lines = errors.map(({ variable, detail }) => `${variable} ${detail}.`)
      throw new Refusal(lines.join('\n      '), ExitCode.configuration)
    },
  )

/** Says where a database is made: an empty one in place of the one that was meant looks as if all orders were lost. */
export const tellOfNewDatabase = ({ database }: Configuration): void => {
  if (database.kind !== 'sqlite' || existsSync(database.file)) return
  tell(`There is no database in ${database.file} yet: a new one is made, without orders.`)
}

/**
 * Opens the same database as the server for a purpose, lends the use cases to `work`, and closes it. No command makes or
 * migrates it: in the wrong folder it would find an empty shop in which all is well.
 */
export const withUseCases = async <T>(
  purpose: Exclude<Purpose, 'serve'>,
  work: (useCases: UseCases, adapters: Adapters) => Promise<T>,
): Promise<T> => {
  const adapters = await openAdapters(configuration(), purpose)
  try {
    return await work(createUseCases(adapters), adapters)
  } finally {
    await adapters.close()
  }
}

/** The value, or the refusal in words. */
export const orRefuse = <T>(result: Result<T, DomainError>): T =>
  result.match(
    (value) => value,
    ({ code, detail }) => {
      throw new Refusal(`${code}: ${detail}`)
    },
  )

/** Who acts when a command changes something. */
export const cli = { operator: 'cli' } as const
