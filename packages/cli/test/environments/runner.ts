import { run } from '../../src/program.ts'

/** One command line to run, and where. The clock of the process goes wrong by so much. */
export type Task = Readonly<{
  args: readonly string[]
  cwd: string
  environment: Readonly<Record<string, string>>
  clockWrongByMs?: number | undefined
}>

/** How it ended; an exit code of -1 is an error that nobody caught. */
export type Outcome = Readonly<{ code: number; stdout: string; stderr: string }>

const HANGS_AFTER_MS = 60_000
const realNow = Date.now

let caught: (error: unknown) => void = () => undefined
process.on('uncaughtException', (error) => caught(error))
process.on('message', async (task: Task) => process.send?.(await perform(task)))

/** A process that runs one command line after the other: a start of node costs more than most of them. */
const perform = async ({ args, cwd, environment, clockWrongByMs = 0 }: Task): Promise<Outcome> => {
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, environment)
  process.exitCode = undefined
  Date.now = () => realNow() + clockWrongByMs
  const said = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const { write } = process[name]
    process[name].write = ((chunk: unknown) => {
      said[name] += String(chunk)
      // A service that listens has shown that it can: it is told to stop.
      if (/listens on/.test(String(chunk))) setImmediate(() => process.emit('SIGTERM'))
      return true
    }) as typeof write
    return () => {
      process[name].write = write
    }
  })
  const failed = new Promise<number>((resolve) => {
    caught = (error) => {
      said.stderr += `nobody caught ${error instanceof Error ? error.stack : error}`
      resolve(-1)
    }
  })
  const hangs = caught
  const timer = setTimeout(() => hangs('nothing: it hangs'), HANGS_AFTER_MS)
  const code = await Promise.race([run(['node', 'holdfast', ...args]), failed])
  clearTimeout(timer)
  for (const put of restore) put()
  for (const signal of ['SIGTERM', 'SIGINT']) process.removeAllListeners(signal)
  Date.now = realNow
  process.chdir('/')
  return { code, ...said }
}

process.send?.('ready')
