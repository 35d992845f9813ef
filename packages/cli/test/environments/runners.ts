import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Outcome, Task } from './runner.ts'

/** Runs command lines, a few at a time. */
export type Runners = Readonly<{
  run: (task: Task) => Promise<Outcome>
  stop: () => void
}>

const file = fileURLToPath(new URL('runner.ts', import.meta.url))

/** Nobody in particular. */
const NOBODY = { uid: 65_534, gid: 65_534 }

/** As whom commands run: whoever runs the tests, or nobody in particular in the place of root, who may do everything. */
export type User = typeof NOBODY | 'root' | 'own'

/** Nobody in the place of root, if the program and this folder are open to everybody. */
export const ordinaryUser = (folder: string): User => {
  if (process.getuid?.() !== 0) return 'own'
  const look = `for (const path of ${JSON.stringify([file, folder])}) require('fs').accessSync(path)`
  const { status } = spawnSync(process.execPath, ['-e', look], { ...NOBODY, cwd: '/' })
  return status === 0 ? NOBODY : 'root'
}

/** Starts so many processes that run command lines. */
export const startRunners = async (count: number, user: User): Promise<Runners> => {
  const children = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, [file], {
      cwd: '/',
      env: { NO_COLOR: '1', PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(typeof user === 'object' && user),
    })
    return { child, logged: collect(child) }
  })
  await Promise.all(children.map(({ child }) => once(child, 'message')))
  const free = [...children]
  const waiting: (() => void)[] = []
  return {
    run: async (task) => {
      while (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      const runner = free.pop() as (typeof children)[number]
      const before = runner.logged().length
      runner.child.send(task)
      const [{ code, stdout, stderr }] = (await once(runner.child, 'message')) as [Outcome]
      free.push(runner)
      waiting.shift()?.()
      return { code, stdout, stderr: stderr + runner.logged().slice(before) }
    },
    stop: () => {
      for (const { child } of children) child.kill('SIGKILL')
    },
  }
}

/** What goes to the file descriptors themselves, such as the log. */
const collect = (child: ChildProcess): (() => string) => {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk
    })
  }
  return () => text
}
