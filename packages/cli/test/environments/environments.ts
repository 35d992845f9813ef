import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Needs } from './commands.ts'
import { DATABASE, LEDGER } from './places.ts'
import { gatewayVariables, wrongValues } from './wrong-variables.ts'

/** One thing in a command's environment that is missing or wrong, and what each command is to make of it. */
export type Environment = Readonly<{
  name: string
  /** Sets it up in a folder with a shop; the variables that it sets. */
  prepare?: (folder: string) => Readonly<Record<string, string>>
  clockWrongByMs?: number
  /** Whether it is about rights, which root has all. */
  ofRights?: true
  /** The exit code of a command. Where it is not 0 nothing at all may have changed. */
  ends: (needs: Needs) => number
  /** What stands on stderr where it is 78 or 75. */
  says?: RegExp
  /** The snapshot of a server that has to stay as it is as well. */
  server?: string
}>

const fine = () => 0

/** The exit code by what a command does with the database; the others have nothing to do with it. */
const database =
  (codes: Partial<Record<NonNullable<Needs['database']>, number>>, others = 78) =>
  ({ database: does }: Needs): number =>
    does === undefined ? 0 : (codes[does] ?? others)

const ledger =
  (codes: Partial<Record<NonNullable<Needs['ledger']>, number>>, others = 78) =>
  ({ ledger: does }: Needs): number =>
    does === undefined ? 0 : (codes[does] ?? others)

/** Another file in the place of the database. */
const databaseIs = (file: string, ends: Environment['ends'] = database({})): Environment => ({
  name: `the database: ${file}`,
  prepare: () => ({ DATABASE_URL: `sqlite:${file}` }),
  ends,
  says: /DATABASE_URL|database is (ahead|behind)/,
})

const ledgerIs = (file: string, ends: Environment['ends'] = ledger({})): Environment => ({
  name: `the ledger: ${file}`,
  prepare: () => ({ FAKE_LEDGER: file }),
  ends,
  says: /FAKE_LEDGER/,
})

const modes = (
  name: string,
  rights: Readonly<Record<string, number>>,
  ends: Environment['ends'],
): Environment => ({
  name,
  prepare: (folder) => {
    for (const [path, mode] of Object.entries(rights)) chmodSync(join(folder, path), mode)
    return {}
  },
  ends,
  says: /DATABASE_URL|FAKE_LEDGER/,
  ofRights: true,
})

const bothOf = (one: Environment['ends'], two: Environment['ends']) => (needs: Needs) =>
  Math.max(one(needs), two(needs))

const maker = { make: 0 }
const reader = { read: 0, compare: 0 }
const HOUR = 3_600_000

/** What is wrong with files, folders, clocks and addresses. */
export const environments: readonly Environment[] = [
  { name: 'nothing is wrong', ends: fine },

  databaseIs('none.db', database(maker)),
  databaseIs('folder/none.db', database(maker)),
  databaseIs('none/none.db', database(maker)),
  databaseIs('empty', database(maker)),
  databaseIs('outdated.db', database({ make: 0, compare: 1 })),
  databaseIs('newer.db', database({ compare: 1 })),
  databaseIs('unmarked.db', fine),
  databaseIs('crashed.db', fine),
  ...['foreign.db', 'foreign-wal.db', 'crashed-foreign.db', 'marked.db'].map((file) =>
    databaseIs(file),
  ),
  ...[LEDGER, 'unmarked-ledger.db'].map((file) => databaseIs(file)),
  ...['text', 'text/none.db', 'folder', '/dev/null'].map((file) => databaseIs(file)),

  ledgerIs('none.db', ledger({ own: 0 })),
  ledgerIs('empty', ledger({ own: 0 })),
  ledgerIs('unmarked-ledger.db', fine),
  ...['foreign.db', 'foreign-wal.db', 'marked.db', DATABASE, 'unmarked.db', 'text', 'folder'].map(
    (file) => ledgerIs(file),
  ),

  modes('the database may only be read', { [DATABASE]: 0o444 }, database(reader)),
  modes('the database may not even be read', { [DATABASE]: 0 }, database({})),
  modes('the ledger may only be read', { [LEDGER]: 0o444 }, ledger({ read: 0 })),
  modes(
    'their folder may only be read',
    { data: 0o555 },
    bothOf(database(reader), ledger({ read: 0 })),
  ),
  modes('their folder may not be entered', { data: 0 }, bothOf(database({}), ledger({}))),
  {
    name: 'the current folder is empty and may only be read',
    prepare: (folder) => {
      rmSync(join(folder, 'data'), { recursive: true })
      chmodSync(folder, 0o555)
      return {}
    },
    ends: bothOf(database({}), ledger({})),
    says: /DATABASE_URL|FAKE_LEDGER/,
    ofRights: true,
  },
  {
    name: '.env is a folder',
    prepare: (folder) => {
      mkdirSync(join(folder, '.env'))
      return {}
    },
    ends: () => 78,
    says: /\.env/,
  },
  {
    name: '.env may not be read',
    prepare: (folder) => {
      writeFileSync(join(folder, '.env'), 'RATE_LIMIT=fast', { mode: 0 })
      return {}
    },
    ends: () => 78,
    says: /\.env/,
    ofRights: true,
  },
  {
    name: '.env says what is not allowed',
    prepare: (folder) => {
      writeFileSync(join(folder, '.env'), 'RATE_LIMIT=fast')
      return {}
    },
    ends: ({ ofGateway }) => (ofGateway ? 0 : 78),
    says: /RATE_LIMIT/,
  },

  { name: 'the clock is an hour slow', clockWrongByMs: -HOUR, ends: fine },
  { name: 'the clock is an hour fast', clockWrongByMs: HOUR, ends: fine },
  { name: 'the clock stands at 1970', clockWrongByMs: -Date.now(), ends: fine },

  {
    name: 'nobody listens at GATEWAY_URL',
    prepare: () => ({ GATEWAY_URL: 'http://127.0.0.1:1' }),
    ends: ({ ledger: does, confirms }) => (does === 'read' || confirms ? 75 : 0),
    says: /gateway/,
  },
  {
    name: 'HOST is not an address of this machine',
    prepare: () => ({ HOST: '192.0.2.1' }),
    ends: ({ listens }) => (listens ? 78 : 0),
    says: /HOST/,
  },
]

/** Every variable with a value that is not allowed, and a secret that is missing. */
export const wrongVariables: readonly Environment[] = [
  ...Object.entries(wrongValues).flatMap(([variable, value]) =>
    value === undefined ? [] : [variableIs(variable, value)],
  ),
  {
    name: 'JWT_SECRET is missing',
    prepare: () => ({ JWT_SECRET: '' }),
    ends: ({ ofGateway }) => (ofGateway ? 0 : 78),
    says: /JWT_SECRET/,
  },
]

function variableIs(variable: string, value: string): Environment {
  const ofGateway = gatewayVariables.includes(variable)
  return {
    name: `${variable}=${value}`,
    // Only who believes everybody must not be reached by everybody.
    prepare: () => ({ ...(variable === 'HOST' && { AUTH: 'local' }), [variable]: value }),
    ends: (needs) => (needs.ofGateway && !ofGateway ? 0 : 78),
    says: new RegExp(variable),
  }
}
