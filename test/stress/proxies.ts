import { parseArgs } from 'node:util'
import { temporaryDatabase } from '../databases.ts'
import { given } from '../given.ts'
import { anyDatabase } from './postgres.ts'
import { checkAlerts, PROGRAMS, type Program, versionOf } from './proxies/program.ts'
import { checkRequests } from './proxies/requests.ts'
import { SET_UPS } from './proxies/set-ups.ts'
import { checkShop } from './proxies/shop.ts'
import { machine, say } from './report.ts'

/**
 * The proxies that docs/deployment.md tells of, the real ones, with the files that are shipped and, as controls, with what
 * one finds in the wild: `node test/stress/proxies.ts --only nginx`. Where there is a promtool, it reads the alerts too. Ends with 1 if a program is missing, if a shipped file
 * fails a check, or if a control passes one that it has to fail: that check could not fail then.
 */
const { values } = parseArgs({ args: given(), options: { only: { type: 'string' } } })
const wanted = Object.keys(PROGRAMS).filter((name) => !values.only || name === values.only)
const programs = wanted as Program[]
if (programs.length === 0) say(`--only takes one of ${Object.keys(PROGRAMS).join(', ')}.`)
say(machine())
const missing = programs.filter((program) => {
  const version = versionOf(program)
  say(version ?? `${program} is missing. On Debian or Ubuntu: apt-get install ${PROGRAMS[program]}`)
  return version === undefined
})
if (missing.length > 0 || programs.length === 0) process.exit(1)

let holds = checkAlerts()
const server = await anyDatabase()
for (const setUp of SET_UPS.filter(({ program }) => programs.includes(program))) {
  say(`\n${setUp.name}`)
  const database = await temporaryDatabase()
  const all = [...(await checkRequests(setUp)), ...(await checkShop(setUp, database.it))]
  await database.remove()
  for (const { name, holds: isGood, saw } of all) {
    const isRight = setUp.breaks ? !(isGood && setUp.breaks.includes(name)) : isGood
    say(`${isRight ? '' : 'WRONG: '}${isGood ? 'holds' : 'fails'}  ${name}: ${saw}`)
    holds &&= isRight
  }
  const unknown = (setUp.breaks ?? []).filter((name) => !all.some((each) => each.name === name))
  for (const name of unknown) say(`WRONG: there is no check "${name}"`)
  holds &&= unknown.length === 0
}
await server.remove()
say(holds ? '\nAll is as it has to be.' : '\nBROKEN.')
process.exit(holds ? 0 : 1)
