import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { anyDatabase } from './postgres.ts'
import { endWith, machine, percentileOf, percentiles, say, sayCounts } from './report.ts'
import { runSilentGateway } from './silent-gateway-run.ts'

/**
 * Reading orders while the gateway hangs on every call: `node test/stress/silent-gateway.ts --database postgres`. Ends
 * with 1 if the slowest of a hundred reads takes more than twice its usual time, a connection is held meanwhile, or an
 * audit finds something broken.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    seconds: { type: 'string', default: '10' },
    readers: { type: 'string', default: '8' },
    payers: { type: 'string', default: '100' },
  },
})
const database = values.database === 'postgres' ? await anyDatabase() : undefined
say(`silent gateway: ${values.database}, ${values.readers} readers, ${values.payers} payers`)
say(machine())
const report = await runSilentGateway({
  postgresUrl: database?.it,
  seconds: Number(values.seconds),
  readers: Number(values.readers),
  payers: Number(values.payers),
})
await database?.remove()
say('payments, by status:')
sayCounts(report.payments)
say(`reads, usually:           ${report.usual.length}, ${percentiles(report.usual)}`)
say(`reads, while it hangs:    ${report.hanging.length}, ${percentiles(report.hanging)}`)
const most = Math.max(0, ...report.held)
say(`connections in a transaction for over a second: ${most} (${report.held.length} looks)`)
const isFast = percentileOf(report.hanging, 0.99) <= 2 * percentileOf(report.usual, 0.99)
endWith(report, { good: isFast && most === 0 })
