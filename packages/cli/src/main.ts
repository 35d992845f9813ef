#!/usr/bin/env node
import { explain, run } from './program.ts'

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
// What node would print by itself shows all that hangs on an error, the values of a row and passwords included.
process.on('uncaughtException', (error) => process.exit(explain(error)))

process.exitCode = await run(process.argv)
// All is done. What still keeps the process after a second is a broken link to a database, or a gateway that never answers.
setTimeout(() => process.exit(), 1000).unref()
