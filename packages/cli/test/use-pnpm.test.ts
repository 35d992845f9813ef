import { execFile } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { temporaryFolder } from '../../../test/databases.ts'

const root = join(import.meta.dirname, '../../..')

/** Runs the npm of this machine in a checkout in which nothing is installed. */
const npm = (folder: string, script: string): Promise<{ code: unknown; stderr: string }> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: folder, npm_config_update_notifier: 'false' }
    execFile('npm', [script], { cwd: folder, env }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    )
  })

for (const script of ['start', 'test']) {
  test(`npm ${script} in a fresh checkout says how to do it with pnpm`, async (t) => {
    const { it: folder, remove } = temporaryFolder()
    t.teardown(remove)
    mkdirSync(join(folder, '.ci'))
    for (const file of ['package.json', '.ci/use-pnpm.cjs']) {
      cpSync(join(root, file), join(folder, file))
    }
    const { code, stderr } = await npm(folder, script)
    t.is(code, 1)
    t.true(stderr.includes(`npx -y pnpm@12 ${script}\n`))
  })
}
