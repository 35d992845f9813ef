import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { keepLog } from '../../../test/logs.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** How a command ended. */
export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>

/** A folder with a database of the test's own, to run the real command line in. */
export type Workplace = Readonly<{
  folder: string
  /** Runs `holdfast` with these arguments to its end. */
  holdfast: (args: readonly string[], environment?: Record<string, string>) => Promise<Ended>
  /** Starts `holdfast serve` and waits until it listens. */
  serve: (...args: string[]) => Promise<Server>
  /** Starts any command that serves, and waits until it listens. */
  run: (args: readonly string[], environment?: Record<string, string>) => Promise<Server>
}>

/** A server process. `said` is what it has written so far. */
export type Server = Readonly<{
  url: string
  said: () => string
  /** Waits until it has written this, and gives the part in brackets. */
  says: (pattern: RegExp) => Promise<string>
  /** Sends a signal and waits until the process has ended. */
  end: (signal: NodeJS.Signals) => Promise<number | null>
}>

/** Makes a workplace that is cleared away when the test has ended. */
export const workplace = (t: ExecutionContext): Workplace => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const children: ChildProcess[] = []
  t.teardown(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const start = (args: readonly string[], environment: Record<string, string> = {}) => {
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: {
        ...{
          PATH,
          NODE_COMPILE_CACHE,
          NO_COLOR: '1',
          GATEWAY_TIMEOUT: '100ms',
          PORT: '0',
          RATE_LIMIT: '0',
          UNPAID_ORDERS: '0',
        },
        ...environment,
      },
    })
    children.push(child)
    return child
  }
  const run: Workplace['run'] = async (args, environment) => {
    const child = start(args, environment)
    const said = collect(child.stderr)
    child.stderr.on('data', (chunk) => keepLog(String(chunk)))
    const ended = once(child, 'exit')
    const says = (pattern: RegExp) => find(child, said, pattern)
    const url = await says(/listens on (http:\S+)/)
    return {
      url,
      said,
      says,
      end: async (signal) => {
        child.kill(signal)
        const [code] = await ended
        return code
      },
    }
  }
  return {
    folder,
    holdfast: async (args, environment) => {
      const child = start(args, environment)
      const stdout = collect(child.stdout)
      const stderr = collect(child.stderr)
      const [code] = await once(child, 'close')
      return { code, stdout: stdout(), stderr: stderr() }
    },
    serve: (...args) => run(['serve', ...args]),
    run,
  }
}

const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
  let text = ''
  stream?.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

const find = (child: ChildProcess, said: () => string, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const look = () => {
      const found = pattern.exec(said())?.[1]
      if (found) resolve(found)
    }
    look()
    child.stderr?.on('data', look)
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said()}`)))
  })

/** Checks how a command ended, and that it shows neither a stack nor a database URL. */
export const ends = (t: ExecutionContext, { code, stdout, stderr }: Ended, expected: number) => {
  t.is(code, expected, stdout + stderr)
  t.notRegex(stderr, /\n +at |node_modules/)
  t.notRegex(stdout + stderr, /postgres:\/\/|:postgres@/)
}
