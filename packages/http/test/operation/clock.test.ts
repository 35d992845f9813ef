import test from 'ava'
import { temporaryDatabase } from '../../../../test/databases.ts'
import { startLoggedService } from '../support.ts'

const TEN_MINUTES = 600_000

test('A machine whose clock differs from PostgreSQL’s is warned of in the log, and shown in the metrics.', async (t) => {
  const { it, remove } = await temporaryDatabase()
  const machineNow = () => Date.now() - TEN_MINUTES
  const api = await startLoggedService({ machineNow }, { DATABASE_URL: it })
  t.teardown(async () => {
    await api.stop()
    await remove()
  })
  const warnings = api.lines().filter(({ msg }) => /^This machine's clock differs/.test(msg))
  t.is(warnings.length, 1)
  t.is(warnings[0].level, 40)
  t.true(Math.abs(warnings[0].aheadMs + TEN_MINUTES) < 60_000, `${warnings[0].aheadMs} ms`)
  const { text } = await api.ask('GET', '/metrics')
  const offset = Number(/^holdfast_clock_offset_seconds (\S+)/m.exec(text)?.[1])
  t.true(Math.abs(offset + 600) < 60, `${offset} s`)
})
