import { writeSync } from 'node:fs'
import type { PaymentGateway, Store } from '@holdfast/domain'
import type { PgConnections } from '../sql/postgres-connections.ts'
import type { Connections } from '../sql/sqlite-connections.ts'
import type { CrashAt } from './crash-at.ts'
import { watchCommits } from './crash-connections.ts'
import { crashGateway } from './crash-gateway.ts'
import { crashStore } from './crash-store.ts'
import type { Reached } from './reached.ts'

/** Puts crash points around what touches the world. */
export type CrashPlan = Readonly<{
  aroundStore: (store: Store) => Store
  aroundGateway: (gateway: PaymentGateway) => PaymentGateway
  aroundSqlite: (connections: Connections) => Connections
  aroundPostgres: (connections: PgConnections) => PgConnections
}>

/** Crash points that tell `reached` of themselves. */
export const crashPlan = (reached: Reached): CrashPlan => {
  const commits = watchCommits(reached)
  return {
    aroundStore: (store) => crashStore(store, reached, commits),
    aroundGateway: (gateway) => crashGateway(gateway, reached),
    aroundSqlite: commits.ofSqlite,
    aroundPostgres: commits.ofPostgres,
  }
}

const same = <T>(it: T): T => it

/** No crash points: everything is as it was. */
export const noCrashPlan: CrashPlan = {
  aroundStore: same,
  aroundGateway: same,
  aroundSqlite: same,
  aroundPostgres: same,
}

/** Sends this process the signal of `crashAt` at its point, and says so on stderr just before; and when it goes on. */
export const signalAt = ({ point, nth, signal }: CrashAt): Reached => {
  let left = nth
  return (name) => {
    if (name !== point) return
    left -= 1
    if (left !== 0) return
    writeSync(process.stderr.fd, `${signal} at ${point}, the ${nth}. time\n`)
    process.kill(process.pid, signal)
    writeSync(process.stderr.fd, `Went on at ${point}\n`)
  }
}
