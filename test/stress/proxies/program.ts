import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../databases.ts'
import { say } from '../report.ts'

/** The proxies that are tried, and what installs each on Debian or Ubuntu. */
export const PROGRAMS = { nginx: 'nginx-light', haproxy: 'haproxy' } as const
export type Program = keyof typeof PROGRAMS

/** Debian keeps them where only root looks. */
const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`
const env = { ...process.env, PATH }

/** The version of a program, or undefined where it is not installed. */
export const versionOf = (program: Program): string | undefined => {
  const { error, stdout, stderr } = spawnSync(program, ['-v'], { env, encoding: 'utf8' })
  return error ? undefined : (stdout || stderr).split('\n')[0]
}

const alerts = fileURLToPath(new URL('../../../deploy/prometheus/alerts.yml', import.meta.url))

/** Has Prometheus read the alerts; false if it finds a fault with them. It says so where nobody could look. */
export const checkAlerts = (): boolean => {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', alerts], {
    env,
    encoding: 'utf8',
  })
  if (error) say('promtool is missing: the alerts are not checked (apt-get install prometheus)')
  else say(`${stdout}${stderr}`.trim())
  return error !== undefined || status === 0
}

/** A running proxy. */
export type Proxy = Readonly<{ url: string; stop: () => Promise<void> }>

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/**
 * Starts the real program with what `write` makes of a free port, once the program itself has found no fault with it.
 * Throws with what it says otherwise.
 */
export const startProxy = async (
  program: Program,
  write: (port: number) => string,
): Promise<Proxy> => {
  const folder = temporaryFolder()
  const port = await freePort()
  const file = join(folder.it, `${program}.conf`)
  writeFileSync(file, program === 'nginx' ? asMain(write(port), folder.it) : write(port))
  const from = program === 'nginx' ? ['-p', folder.it, '-c', file] : ['-f', file]
  const checked = spawnSync(program, [...from, program === 'nginx' ? '-t' : '-c'], {
    env,
    encoding: 'utf8',
  })
  if (checked.status !== 0) throw new Error(`${program}: ${checked.stdout}${checked.stderr}`)
  const child = spawn(program, from, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2000)
    })
  }
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${program} has ended: ${said}`)
    await sleep(50)
  }
  const stop = async () => {
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    children.delete(child)
    await folder.remove()
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

/** What Debian's nginx.conf does around a file of conf.d, in one process and a folder of its own. */
const asMain = (site: string, folder: string): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
    access_log off;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n    ')}
    ${site}
}
`

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
