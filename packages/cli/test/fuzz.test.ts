import test from 'ava'
import { runFuzz } from '../../../test/stress/fuzz-run.ts'
import { seedFrom } from '../../../test/stress/random.ts'

test('two thousand requests that mean no good get no 5xx, and every one an end', async (t) => {
  const seed = seedFrom(process.env['STRESS_SEED'])
  t.log(`seed ${seed}`)
  const options = { seed, requests: 2000, connections: 8, longestMs: 30_000 }
  const { statuses, faults, findings } = await runFuzz(options)
  t.deepEqual(faults, [])
  t.deepEqual(
    findings.flatMap(({ rows }) => rows),
    [],
  )
  t.log(Object.fromEntries(statuses))
  for (const status of ['200', '201', '400', '401', '404', '409', '415', '422']) {
    t.true((statuses.get(status) ?? 0) > 0, `${status} is among the answers`)
  }
})
