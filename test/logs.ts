import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

/** The folder in which a run of the tests gathers what the services log; without one it is dropped. */
const folder = process.env['TEST_LOGS']

/** Where the services of this process and thread write their logs. */
export const testLog = (): { write: (lines: string) => void } => ({ write: keepLog })

/** Keeps what a service has logged, or a server process has said. */
export const keepLog = (lines: string): void => {
  if (folder) appendFileSync(join(folder, `${process.pid}-${threadId}.log`), lines)
}
