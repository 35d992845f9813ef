import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ExitCode, Refusal } from './exit.ts'

/** Where a variable got its value. */
export type Source = 'environment' | '.env'

const fromFile = new Set<string>()

/** Adds what `.env` in the current folder says to the environment, which has the last word. */
export const loadEnvFile = (): void => {
  for (const [name, value] of Object.entries(parseEnv(readEnvFile()))) {
    if (name in process.env) continue
    process.env[name] = value
    fromFile.add(name)
  }
}

/** Where the value of a variable that is set comes from. */
export const sourceOf = (name: string): Source => (fromFile.has(name) ? '.env' : 'environment')

const readEnvFile = (): string => {
  try {
    return readFileSync('.env', 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    // Going on without it could mean another database than the operator believes.
    throw new Refusal(`.env cannot be read: ${(error as Error).message}.`, ExitCode.configuration)
  }
}
