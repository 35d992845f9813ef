import type { SqlDriver } from './driver.ts'

const refuse = async (): Promise<never> => {
  throw new Error('A command that only reads tried to write.')
}

/** For commands that only read: whatever would write is a bug. */
export const refusesToWrite: Pick<SqlDriver, 'transaction' | 'write' | 'migration'> = {
  transaction: refuse,
  write: refuse,
  migration: refuse,
}
