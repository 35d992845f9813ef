import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'ava'
import { workplace } from './support.ts'

const folder = join(import.meta.dirname, '../../../examples')
const walks = globSync('*.sh', { cwd: folder }).filter((file) => file !== 'walk.sh')

const run = async (file: string, url: string) => {
  const child = spawn('sh', [join(folder, file), url])
  const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (child.exitCode === null) await once(child, 'exit')
  return { code: child.exitCode, said, complaints }
}

test('every example goes as it says', async (t) => {
  const { serve } = workplace(t)
  const { url } = await serve()
  for (const [file, ended] of walks.map((each) => [each, run(each, url)] as const)) {
    const { code, said, complaints } = await ended
    t.deepEqual([code, complaints], [0, ''], `${file}: ${said}`)
    t.regex(said, / is (PAYMENT_DONE|SUCCEEDED|pay_|order_already_paid)/, file)
  }
})

test('the walk of the lost answer also goes well where the reconciler is faster than GATEWAY_TIMEOUT, as by default', async (t) => {
  const { run: start } = workplace(t)
  const { url } = await start(['serve'], { GATEWAY_TIMEOUT: '5s' })
  const { code, complaints } = await run('lost-answer.sh', url)
  t.deepEqual([code, complaints], [0, ''])
})

test('a walk that meets something else than it says ends with 1', async (t) => {
  const { run: start } = workplace(t)
  const server = await start(['serve'], {
    AUTH: 'jwt',
    JWT_SECRET: 'thirty-two bytes or more, for nobody',
  })
  const { code, complaints } = await run('first-order.sh', server.url)
  t.is(code, 1)
  t.regex(complaints, /This is not how it should be: expected 201: .*unauthenticated/)
})

test('every example is on the page of examples', (t) => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8')
  t.true(walks.length >= 5)
  for (const file of walks) t.true(page.includes(`[${basename(file)}](${file})`), file)
})
