import test, { type ExecutionContext } from 'ava'
import { emptyDisk } from '../../../test/stress/power-loss/disk.ts'
import { runPowerLoss } from '../../../test/stress/power-loss/power-loss-run.ts'
import { canTrace } from '../../../test/stress/power-loss/trace.ts'
import { seedFrom } from '../../../test/stress/random.ts'

const seed = seedFrom(process.env['STRESS_SEED'])

/** A short run: the power is cut at a few moments of a few dozen requests. */
const cut = async (t: ExecutionContext, sync: 'full' | 'normal') => {
  t.timeout(120_000)
  t.log(`seed ${seed}`)
  const report = await runPowerLoss({ seed, sync, requests: 20, states: 16 })
  t.deepEqual(report.faults, [])
  return report.losses
}

const traced = canTrace() ? test : test.skip // It needs strace, and the right to trace.

traced(
  'what was answered survives a power cut at any moment, whatever of the unsynced writes reached the disk',
  async (t) => {
    t.deepEqual(await cut(t, 'full'), [])
  },
)

traced(
  'with synchronous=NORMAL, which a test smuggles in, answers are lost with the power: so the test bites',
  async (t) => {
    t.not((await cut(t, 'normal')).length, 0)
  },
)

test('a rebuilt disk has what was synced, and of the rest what the test lets survive', (t) => {
  const disk = emptyDisk()
  const at = 0
  const path = '/shop/db'
  const write = (offset: number, text: string) =>
    disk.apply({ kind: 'write', at, path, offset, bytes: Buffer.from(text) })
  const left = (...fates: boolean[]) =>
    disk
      .afterPowerLoss('/shop', () => fates.shift() ?? false, 2)
      .get(path)
      ?.toString()
  disk.apply({ kind: 'create', at, path })
  write(0, 'abcd')
  disk.apply({ kind: 'sync', at, path })
  t.is(left(), undefined, 'the name is not durable yet')
  t.is(left(true), 'abcd')
  disk.apply({ kind: 'sync', at, path: '/shop' })
  write(1, 'XYZ')
  disk.apply({ kind: 'truncate', at, path, length: 2 })
  t.is(left(), 'abcd')
  t.is(left(true), 'aXcd', 'a sector ends within the write')
  t.is(left(false, true), 'abYZ')
  t.is(left(true, true, true), 'aX')
  disk.apply({ kind: 'unlink', at, path })
  t.is(left(), 'abcd', 'the name comes back')
  t.is(left(true), undefined)
})
