#!/usr/bin/env bash
# pino 10.4.0 (sonic-boom 4.2.1): with pino.destination({ sync: false }), `logger.flush(callback)` calls back before the lines
# are written.
#
# docs/api.md of pino says: "If there is a need to wait for the logs to be flushed, a callback should be used." But
# - with `minLength: 0`, which is the default, sonic-boom's flush returns through its callback at once: lines are "written
#   straight away", except those that were logged while an earlier write was still going on, which is nearly all of a burst;
# - with `minLength: 4096`, the value that pino's page on asynchronous logging proposes, it calls back after the write that
#   is under way, although up to 4 kB are still in memory;
# - with `minLength: 1` it waits for all.
#
# Whom it hurts: whoever awaits the flush before something that must come after the log: a line of their own on the same
# stderr, the hand-over of a file that is rotated, an assertion in a test, SIGKILL or process.abort(). (process.exit() is
# safe: pino writes the rest synchronously then.)
#
# Seen, of 100 lines in the file when the callback runs: 0 or 1 by default, 54 with 4096, 100 with 1.
# Exits with 0 while this is so, with 1 once it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pino@10.4.0 sonic-boom@4.2.1

cat >flush.mjs <<'JS'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import pino from 'pino'

const linesAtCallback = async (minLength) => {
  const file = `${minLength}.log`
  const options = { dest: file, sync: false, ...(minLength !== 'default' && { minLength }) }
  const destination = pino.destination(options)
  await once(destination, 'ready')
  const log = pino(destination)
  for (let line = 1; line <= 100; line += 1) log.info(`line ${line}`)
  await new Promise((resolve) => log.flush(resolve))
  return readFileSync(file, 'utf8').split('\n').length - 1
}

const seen = {}
for (const minLength of ['default', 4096, 1]) seen[minLength] = await linesAtCallback(minLength)
console.log('lines of 100 in the file when flush calls back, by minLength:', JSON.stringify(seen))
process.exit(seen.default < 100 && seen[4096] < 100 && seen[1] === 100 ? 0 : 1)
JS
node flush.mjs
