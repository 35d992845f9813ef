import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from '../../packages/domain/src/testing/simulation.ts'
import type { Told } from './histories.ts'

/** Runs the histories of some seeds, one after the other, in a thread of their own. */
const { seeds, mode }: { seeds: readonly number[]; mode: string | undefined } = workerData
for (const seed of seeds) {
  const { trace, ...rest } = await simulate({ seed, mode })
  parentPort?.postMessage({ ...rest, steps: trace.length } satisfies Told)
}
