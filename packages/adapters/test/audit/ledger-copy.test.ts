import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'

const source = pathToFileURL(join(import.meta.dirname, '../../src/audit/ledger-copy.ts')).href

/** Copies entries of this many bytes altogether, and says how that ended. */
const copy = (bytes: number) => `
  import { openLedgerCopy } from '${source}'
  const copy = openLedgerCopy()
  try {
    for (let count = 0; count < ${bytes / 1000}; count += 1) {
      copy.add([{ idempotencyKey: 'pay_' + count, filler: 'x'.repeat(1000) }])
    }
    console.log('copied')
  } catch (error) {
    console.log(error.name)
  }
  copy.close()`

const MEGABYTE = 1_000_000

/** In a process that may not make any file grow, as on a full disk. */
const endOf = async (bytes: number): Promise<string> => {
  const shell = `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"`
  const { stdout } = await promisify(execFile)('sh', ['-c', shell, process.execPath, copy(bytes)], {
    cwd: import.meta.dirname,
  })
  return stdout.trim()
}

test('a ledger of up to 2 MB is audited where no temporary file can be written, a larger one is an outage', async (t) => {
  t.is(await endOf(MEGABYTE), 'copied')
  t.is(await endOf(8 * MEGABYTE), 'StoreUnavailable')
})
