import type { Configuration } from '@holdfast/adapters'
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { createRedact, errorForLog } from './redact.ts'
import { terminalLog } from './terminal-log.ts'

/** The log of the service, and how to wait until all of it is written. */
export type ServiceLog = Readonly<{ log: Logger; flush: () => Promise<void> }>

/** Fields that are never written, whoever logs them. */
const NEVER = ['paymentMethod', 'authorization', 'password', 'secret', 'token', 'body', 'headers']

/**
 * Lines of JSON on stderr, or where a test wants them; short ones for people where stderr is a terminal. They are written
 * beside the requests: a reader that is slow, or a full pipe, must not stop the service. Each line is searched for secrets
 * once more before it is written.
 */
export const openLog = (
  configuration: Pick<Configuration, 'logLevel' | 'database' | 'auth' | 'gatewaySecret'>,
  destination: DestinationStream = standardError(),
): ServiceLog => {
  const log = pino(
    {
      level: configuration.logLevel,
      timestamp: stdTimeFunctions.isoTime,
      base: null,
      serializers: { err: (error) => errorForLog(error) },
      redact: { paths: NEVER.flatMap((name) => [name, `*.${name}`]), remove: true },
      hooks: { streamWrite: createRedact(secretsOf(configuration)) },
    },
    destination,
  )
  return { log, flush: () => new Promise((resolve) => log.flush(() => resolve())) }
}

/** With a `minLength` of 0, the default, lines are written no sooner, and `flush` calls back before they are. */
const standardError = (): DestinationStream =>
  process.stderr.isTTY
    ? terminalLog((text) => process.stderr.write(text))
    : pino.destination({ dest: 2, sync: false, minLength: 1 })

const secretsOf = ({
  database,
  auth,
  gatewaySecret,
}: Pick<Configuration, 'database' | 'auth' | 'gatewaySecret'>): readonly string[] => [
  ...(database.kind === 'postgres' ? [database.url, ...passwordsIn(database.url)] : []),
  ...(gatewaySecret === undefined ? [] : [gatewaySecret]),
  ...(auth.kind === 'jwt' && 'secret' in auth.keys ? [auth.keys.secret] : []),
]

/** As it is written and as it reads: messages quote either. A very short one would hide parts of every line. */
const passwordsIn = (url: string): readonly string[] => {
  const { password, searchParams } = new URL(url)
  const forms = [password, searchParams.get('password') ?? '', unescaped(password)]
  return forms.filter(({ length }) => length >= 4)
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
