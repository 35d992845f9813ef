import { audit, type Finding, type Report } from '@holdfast/adapters'
import { Command } from 'commander'
import pc from 'picocolors'
import { Refusal } from '../exit.ts'
import { fields, type OutputOptions, printOne, table } from '../output.ts'
import { withProgress } from '../progress.ts'
import { configuration } from '../session.ts'

/** `holdfast audit`: whether everything holds that is promised. */
export const auditCommand = (): Command =>
  new Command('audit')
    .description('check every invariant against the database and the ledger of the gateway')
    .option('--json', 'JSON instead of a table')
    .addHelpText(
      'after',
      '\nServers may go on working meanwhile: what is under way is left out and counted. Ends with 1 if anything is broken.',
    )
    .action(async (options: OutputOptions) => {
      const settings = configuration()
      const report = await withProgress((onProgress) => audit(settings, { onProgress }))
      printOne(bodyOf(report), options, () => forPeople(report))
      const broken = brokenIn(report).map(({ id }) => id)
      if (broken.length > 0) throw new Refusal(`Broken: ${broken.join(', ')}.`)
    })

const brokenIn = ({ findings }: Report): readonly Finding[] =>
  findings.filter(({ broken }) => broken > 0)

const bodyOf = ({ at, audited, findings, underWay }: Report) => ({
  holds: findings.every(({ broken }) => broken === 0),
  at: new Date(at).toISOString(),
  audited,
  invariants: findings,
  underWay,
})

const forPeople = (report: Report): string =>
  [
    table(
      ['', '', 'invariant', 'broken by'],
      report.findings.map(({ id, says, broken }) => [
        broken === 0 ? pc.green('ok') : pc.red('BROKEN'),
        id,
        says,
        broken === 0 ? '' : String(broken),
      ]),
    ),
    ...brokenIn(report).map(rowsOf),
    fields({ audited: auditedIn(report), 'under way': underWayIn(report) }),
  ].join('\n\n')

/** So many rows of an invariant are shown to people; JSON has more. */
const SHOWN = 10

const rowsOf = ({ id, broken, rows }: Finding): string =>
  [
    pc.bold(`${id} is broken by`),
    ...rows.slice(0, SHOWN).map(({ row, found }) => `  ${row}\n    ${pc.dim(found)}`),
    ...(broken > SHOWN ? [`  and ${broken - SHOWN} more`] : []),
  ].join('\n')

const auditedIn = ({ audited }: Report): string =>
  listed({
    orders: audited.orders,
    payments: audited.payments,
    refunds: audited.refunds,
    products: audited.products,
    'keys at the gateway': audited.keys,
  })

const underWayIn = ({ underWay }: Report): string =>
  listed({
    'PENDING payments': underWay.pending,
    'overdue, as the gateway could not be asked': underWay.overdue,
    'refunds owed': underWay.owed,
    'captures of failed payments that the watch will find': underWay.unnoticed,
    'captures of failed payments still to come': underWay.due,
    'payments begun meanwhile': underWay.begun,
  })

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}: ${count.toLocaleString('en')}`)
    .join('; ') || 'nothing'
