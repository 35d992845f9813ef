import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keepLog } from '../logs.ts'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

/** How a command ended. */
export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>

/** What a process that gets to its crash point sends itself. */
type CrashSignal = 'SIGKILL' | 'SIGSTOP'

/** A server that is killed and started again on the same port. */
export type ServerProcess = Readonly<{
  url: string
  /** Starts it, with more in its environment; true once it listens, false if it came to its crash point or end before. */
  start: (more?: Readonly<Record<string, string>>) => Promise<boolean>
  /** Resolves when it has come to the crash point that it was started with, and is dead, or stands still. */
  crashed: () => Promise<CrashSignal>
  /** Lets one go on that stands still, and waits until it does. */
  wake: () => Promise<void>
  /** Sends SIGKILL, and waits until the process is gone. */
  kill: () => Promise<void>
  /** Sends SIGTERM, and waits for the exit code. */
  stop: () => Promise<number | null>
  /** Everything that went wrong on its side: errors that it logged, and ends that nobody asked for. */
  complaints: readonly string[]
}>

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts the real command line, or another program, perhaps under another command. */
const run = (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  under: readonly string[] = [],
  program = main,
): ChildProcess => {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const [command = '', ...rest] = [...under, process.execPath, program, ...args]
  const child = spawn(command, rest, {
    env: { PATH, NODE_COMPILE_CACHE, NO_COLOR: '1', ...environment },
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** Runs `holdfast` with these arguments to its end, perhaps under another command. */
export const holdfast = async (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  under?: readonly string[],
): Promise<Ended> => {
  const child = run(args, environment, under)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      said[stream] += chunk
    })
  }
  const [code] = await once(child, 'close')
  return { code, ...said }
}

/** What a server process runs, if not `serve` alone: arguments, once it has a port, a command to run under, another program. */
type Launch = Readonly<{
  args?: (port: string) => readonly string[]
  under?: () => readonly string[]
  program?: string
}>

/** A server process that is not started yet, on a port of its own. */
export const serverOn = async (
  environment: Readonly<Record<string, string>>,
  { args = () => ['serve'], under, program }: Launch = {},
): Promise<ServerProcess> => {
  const port = await quietPort()
  const complaints: string[] = []
  let child: ChildProcess | undefined
  let expected = false
  let crash = Promise.withResolvers<CrashSignal>()
  let wentOn = false

  const start = (more: Readonly<Record<string, string>> = {}) => {
    const settings = { LOG_LEVEL: 'warn', ...environment, ...more, PORT: String(port) }
    const started = run(args(String(port)), settings, under?.(), program)
    const listening = Promise.withResolvers<boolean>()
    const ownCrash = Promise.withResolvers<CrashSignal>()
    child = started
    expected = false
    wentOn = false
    crash = ownCrash
    let said = ''
    let atPoint = false
    const lines = createInterface({ input: started.stderr as Readable })
    lines.on('line', (line) => {
      keepLog(`${line}\n`)
      said = `${said}${line}\n`.slice(-2000)
      const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0)
      if (level >= 50 || /uncaught|unhandled/i.test(line)) complaints.push(line.slice(0, 2000))
      if (line.includes('listens on')) listening.resolve(true)
      if (line.startsWith('SIGKILL at ')) atPoint = true
      if (line.startsWith('SIGSTOP at ')) ownCrash.resolve('SIGSTOP')
      if (line.startsWith('Went on at ')) wentOn = true
    })
    started.once('close', (code, signal) => {
      if (atPoint && signal === 'SIGKILL') {
        ownCrash.resolve('SIGKILL')
      } else if (!expected) {
        complaints.push(`The server ended with ${code ?? signal}: ${said}`)
        listening.reject(new Error(complaints.at(-1)))
      }
      listening.resolve(false)
    })
    ownCrash.promise.then(() => listening.resolve(false))
    return listening.promise
  }
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return null
    expected = true
    const closed = once(child, 'close')
    child.kill(signal)
    return (await closed)[0]
  }
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    crashed: () => crash.promise,
    wake: async () => {
      // It says that it will stop before it does: the first signal may come too early.
      while (!wentOn && child?.exitCode === null && child.signalCode === null) {
        child.kill('SIGCONT')
        await sleep(20)
      }
    },
    kill: async () => {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    complaints,
  }
}

/**
 * A free port below those that the system hands out by itself: while a server is down, nobody else's connection can
 * take its port, nor can a client connect to itself.
 */
const quietPort = async (): Promise<number> => {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    await new Promise((closed) => server.close(closed))
    return port
  }
}
