import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'
import { workplace } from './support.ts'

/** Runs lines as a newcomer does, who pastes them into a shell; gives what they print. */
const paste = async (lines: string): Promise<string> =>
  (await promisify(execFile)('bash', ['-c', lines])).stdout

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

test('the lines of the README work as they stand, and again', async (t) => {
  const { serve } = workplace(t)
  const { url } = await serve()
  const [, lines = ''] = /## A first order.*?```sh\n(.*?)```/s.exec(readme) ?? []
  t.regex(lines, /^URL=http:\/\/127\.0\.0\.1:3000$/m)
  const mine = lines.replace('http://127.0.0.1:3000', url).replace('sleep 5', 'sleep 0')
  for (const _ of ['once', 'again']) {
    const printed = (await paste(mine)).trim().split('\n')
    const answers = printed.map((line) => JSON.parse(line))
    t.deepEqual(answers.map(({ code, state }) => code ?? state).slice(0, -1), [
      'SUCCEEDED',
      'order_already_paid',
      'payment_declined',
      'SUCCEEDED',
      'CREATED',
      'ORDER_CANCELLED',
      'PENDING',
    ])
    t.is(answers[4].lines[0].quantity, 3)
    t.is(answers.at(-1).payments[0].paymentMethod, 'fake_ack_lost')
  }
})

test('the lines that the demo shows work with AUTH=jwt too', async (t) => {
  const { run } = workplace(t)
  const jwt = { AUTH: 'jwt', JWT_SECRET: 'thirty-two bytes or more, and known to the issuer only' }
  const server = await run(['serve', '--demo'], jwt)
  const shown = await server.says(/in another terminal:\n(.*\/order\/.*\n)$/s)
  const holdfast = `env AUTH=jwt JWT_SECRET='${jwt.JWT_SECRET}' '${process.execPath}' '${main}'`
  t.regex(shown, /npx holdfast token issue/)
  const printed = await paste(shown.replace('npx holdfast', holdfast))
  t.regex(printed, /"state":"SUCCEEDED".*"code":"order_already_paid".*"state":"PAYMENT_DONE"/s)
})

test('the lines that the demo shows work as they stand', async (t) => {
  const { serve, holdfast } = workplace(t)
  const server = await serve('--demo')
  const printed = await paste(await server.says(/in another terminal:\n(.*\/order\/.*\n)$/s))
  t.regex(printed, /"state":"SUCCEEDED".*"code":"order_already_paid".*"state":"PAYMENT_DONE"/s)
  const { stdout } = await holdfast(['order', 'list', '--json'])
  t.is(JSON.parse(stdout).state, 'PAYMENT_DONE')
})
