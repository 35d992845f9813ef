import test from 'ava'
import { variables } from '../../../adapters/src/configuration-variables.ts'
import { createProgram, everyCommand } from '../../src/program.ts'
import { commands, NAMES } from './commands.ts'
import { environments, wrongVariables } from './environments.ts'
import { serverEnvironments } from './servers.ts'
import { fillTable, openTable } from './table.ts'
import { gatewayVariables, wrongValues } from './wrong-variables.ts'

test('every command and every variable has a row', (t) => {
  const leaves = everyCommand(createProgram()).filter(({ commands: below }) => below.length === 0)
  const named = leaves.map((leaf) => {
    const parent = leaf.parent?.parent ? `${leaf.parent.name()} ` : ''
    return parent + leaf.name()
  })
  t.deepEqual(Object.keys(commands).sort(), named.sort())
  t.deepEqual(Object.keys(wrongValues).sort(), Object.keys(variables.shape).sort())
  t.true(gatewayVariables.every((variable) => variable in wrongValues))
})

test.serial(
  'whatever file, folder, right, clock or address is wrong, no command writes what is not its own',
  async (t) => {
    t.timeout(300_000)
    const table = await openTable(t)
    const rows = environments.filter(({ ofRights }) => !ofRights || table.user !== 'root')
    if (rows.length < environments.length) {
      t.log('Rights are left out: root may do everything, and nobody may not run the program here.')
    }
    await fillTable(t, table, rows)
  },
)

test.serial(
  'whatever variable is wrong, each command that reads it names it and does nothing',
  async (t) => {
    t.timeout(300_000)
    await fillTable(t, await openTable(t), wrongVariables)
  },
)

test.serial(
  'whatever is wrong with PostgreSQL, no command writes what is not its own',
  async (t) => {
    t.timeout(300_000)
    const table = await openTable(t)
    const { environments: rows, ...names } = await serverEnvironments(t, table.pattern)
    await fillTable(t, { ...table, names: { ...NAMES, ...names } }, rows)
  },
)
