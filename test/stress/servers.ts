import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { keepLog } from '../logs.ts'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

/** How a command ended. */
export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>

/** A server that is killed and started again on the same port. */
export type ServerProcess = Readonly<{
  url: string
  /** Starts it, and waits until it listens. */
  start: () => Promise<void>
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

/** Starts the real command line. */
const run = (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess => {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, NO_COLOR: '1', ...environment },
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** Runs `holdfast` with these arguments to its end. */
export const holdfast = async (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> => {
  const child = run(args, environment)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      said[stream] += chunk
    })
  }
  const [code] = await once(child, 'close')
  return { code, ...said }
}

/** A server process that is not started yet, on a port of its own. */
export const serverOn = async (
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> => {
  const port = await quietPort()
  const complaints: string[] = []
  let child: ChildProcess | undefined
  let expected = false

  const listen = (line: string): boolean => {
    const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0)
    if (level >= 50 || /uncaught|unhandled/i.test(line)) complaints.push(line.slice(0, 2000))
    return line.includes('listens on')
  }
  const start = () =>
    new Promise<void>((resolve, reject) => {
      const started = run(['serve'], { LOG_LEVEL: 'warn', ...environment, PORT: String(port) })
      let rest = ''
      let said = ''
      expected = false
      child = started
      started.stderr?.on('data', (chunk) => {
        keepLog(String(chunk))
        const lines = `${rest}${chunk}`.split('\n')
        rest = lines.pop() ?? ''
        said = `${said}${chunk}`.slice(-2000)
        for (const line of lines) if (listen(line)) resolve()
      })
      started.once('exit', (code, signal) => {
        if (expected) return
        complaints.push(`The server ended with ${code ?? signal}: ${said}`)
        reject(new Error(complaints.at(-1)))
      })
    })
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return null
    expected = true
    const exit = once(child, 'exit')
    child.kill(signal)
    return (await exit)[0]
  }
  return {
    url: `http://127.0.0.1:${port}`,
    start,
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
