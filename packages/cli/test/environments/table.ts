import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { commands, NAMES, type Needs } from './commands.ts'
import type { Environment } from './environments.ts'
import {
  changes,
  copyPattern,
  DATABASE,
  LEDGER,
  makePattern,
  removeCopy,
  snapshot,
  snapshotServer,
} from './places.ts'
import { ordinaryUser, type Runners, startRunners, type User } from './runners.ts'

const base = {
  ...{ PORT: '0', GATEWAY_TIMEOUT: '100ms', LOG_LEVEL: 'warn' },
  ...{ AUTH: 'jwt', JWT_SECRET: '0123456789abcdef0123456789abcdef' },
}

/** A folder that everybody may enter. */
const openFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-environments-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  return folder
}

type Cell = Readonly<{ command: string; code: number; wrong: readonly string[] }>
/** What the cells of a table share. */
export type Table = Readonly<{
  pattern: string
  folder: string
  names: typeof NAMES
  runners: Runners
  user: User
}>

let cells = 0

/** Runs one command in one environment on files of its own, and says what was not as it should be. */
const fill = async (
  { pattern, folder, names, runners, user }: Table,
  environment: Environment,
  [command, needs]: readonly [string, Needs],
): Promise<Cell> => {
  cells += 1
  const sku = `NEW-${cells}`
  const cwd = copyPattern(pattern, join(folder, `cell-${cells}`), user)
  const { prepare, ends, says = /^/, server, clockWrongByMs } = environment
  const set = prepare?.(cwd) ?? {}
  const look = async () =>
    new Map([...snapshotOf(cwd), ...(server ? await snapshotServer(asOwner(server)) : [])])
  const before = await look()
  const known = { ...names, sku }
  const args = needs.args.map((arg) =>
    arg in NAMES || Object.values(NAMES).includes(arg) ? fillIn(arg, known) : arg,
  )
  const { code, stderr } = await runners.run({
    args: [...command.split(' '), ...args],
    cwd,
    environment: { ...base, ...files, ...set },
    clockWrongByMs,
  })
  const changed = changes(before, await look()).filter(
    (path) => code !== 0 || !mayChange(needs, { ...files, ...set }, path),
  )
  removeCopy(cwd)
  const expected = ends(needs)
  return {
    command,
    code,
    wrong: [
      ...(code === expected ? [] : [`ends with ${code} instead of ${expected}: ${stderr}`]),
      ...(changed.length > 0 ? [`changed ${changed.join(', ')}: ${stderr}`] : []),
      ...(/\n +at |node_modules|nobody caught/.test(stderr) ? [`shows a stack: ${stderr}`] : []),
      ...(code !== 0 && !says.test(stderr) ? [`does not say what is wrong: ${stderr}`] : []),
      ...(code !== 0 && stderr.split('\n').length > 2 + notices(stderr)
        ? [`says too much: ${stderr}`]
        : []),
    ],
  }
}

/** What is told before a start fails. */
const notices = (stderr: string): number => stderr.match(/^There is no database in /gm)?.length ?? 0

const fillIn = (arg: string, known: typeof NAMES): string =>
  arg === NAMES.order ? known.order : arg === NAMES.payment ? known.payment : known.sku

const asOwner = (url: string): string => {
  const { username, password } = new URL(String(process.env['TEST_DATABASE_URL']))
  return Object.assign(new URL(url), { username, password }).href
}

/** A folder that may not be entered is looked at by root; where we are not root, it is left out. */
const snapshotOf = (cwd: string): ReadonlyMap<string, string> => {
  try {
    return snapshot(cwd)
  } catch {
    return new Map()
  }
}

const files = { DATABASE_URL: `sqlite:${DATABASE}`, FAKE_LEDGER: LEDGER }

/** Whether a path is of what the command is there to change. */
const mayChange = ({ database, ledger }: Needs, set: Record<string, string>, path: string) => {
  const url = set['DATABASE_URL'] ?? ''
  const isDatabase = url.startsWith('sqlite:')
    ? within(url.slice('sqlite:'.length), path)
    : path.startsWith('table ')
  return (
    ((database === 'make' || database === 'write') && isDatabase) ||
    (ledger !== undefined && ledger !== 'read' && within(set['FAKE_LEDGER'] ?? '', path))
  )
}

/** The file itself, what was beside it, or a folder that leads to it. */
const within = (file: string, path: string): boolean =>
  path === file || path === `${file}-wal` || path === `${file}-shm` || file.startsWith(`${path}/`)

/** Runs every command in every one of these environments, and shows what came. */
export const fillTable = async (
  t: ExecutionContext,
  table: Table,
  rows: readonly Environment[],
) => {
  // What is on a server the rows share, and the commands of a row.
  const [alone, together] = [
    rows.filter(({ server }) => server),
    rows.filter(({ server }) => !server),
  ]
  const filled = Promise.all(together.map((row) => fillRow(table, row)))
  const cells: Row[] = []
  for (const row of alone) cells.push(await fillRow(table, row))
  const all = [...(await filled), ...cells]
  t.log(`\n${all.flatMap(linesOf).join('\n')}`)
  t.deepEqual(
    all.flatMap(({ name, row }) =>
      row.flatMap(({ command, wrong }) => wrong.map((each) => `${name}: ${command} ${each}`)),
    ),
    [],
  )
}

type Row = Readonly<{ name: string; row: readonly Cell[] }>

const fillRow = async (table: Table, environment: Environment): Promise<Row> => {
  const fillOne = (command: readonly [string, Needs]) => fill(table, environment, command)
  const { name, server } = environment
  const all = Object.entries(commands)
  if (!server) return { name, row: await Promise.all(all.map(fillOne)) }
  const row: Cell[] = []
  for (const command of all) row.push(await fillOne(command))
  return { name, row }
}

/** A line for each exit code that came. */
const linesOf = ({ name, row }: Row): readonly string[] =>
  [...new Set(row.map(({ code }) => code))]
    .sort((one, two) => one - two)
    .map((code) => `${name} | ${code} | ${summary(row.filter((cell) => cell.code === code))}`)

const summary = (row: readonly Cell[]): string => {
  const those = row.map(({ command }) => command)
  const others = Object.keys(commands).filter((command) => !those.includes(command))
  if (others.length === 0) return 'every command'
  return those.length > others.length ? `all but ${others.join(', ')}` : those.join(', ')
}

/** A shop to copy, and processes to run commands. */
export const openTable = async (t: ExecutionContext): Promise<Table> => {
  const folder = openFolder(t)
  const pattern = join(folder, 'pattern')
  const names = await makePattern(pattern)
  const user = ordinaryUser(folder)
  const runners = await startRunners(3, user)
  t.teardown(runners.stop)
  return { folder, pattern, names: { ...NAMES, ...names }, runners, user }
}
