'use strict'
// Runs before `start` and `test`, on whatever Node and package manager there is. pnpm installs what is missing before it
// runs a script; npm does not, and cannot install a workspace of pnpm.
const { existsSync } = require('node:fs')
const { join } = require('node:path')

if (!existsSync(join(__dirname, '../node_modules/.pnpm'))) {
  const script = process.env.npm_lifecycle_event === 'pretest' ? 'test' : 'start'
  process.stderr.write(
    `\nHoldfast is installed and run by pnpm, which npm fetches. Use this instead:\n\n  npx -y pnpm@12 ${script}\n\n`,
  )
  process.exitCode = 1
}
