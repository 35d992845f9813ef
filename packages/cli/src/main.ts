#!/usr/bin/env node
import { run } from './program.ts'

process.exitCode = await run(process.argv)
// All is done. What still keeps the process after a second is a broken link to a database, or a gateway that never answers.
setTimeout(() => process.exit(), 1000).unref()
