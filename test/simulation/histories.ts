import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Simulated } from '../../packages/domain/src/testing/simulation.ts'

/** Histories with the seeds from `seed` on; without a `mode` each seed chooses its own. */
export type Histories = Readonly<{ seed: number; histories: number; mode: string | undefined }>

/** What a thread tells of one history. The trace stays where it was: a seed brings it back. */
export type Told = Omit<Simulated, 'trace'> & Readonly<{ steps: number }>

/** How many histories run at once: as many as there are cores. */
export const THREADS = availableParallelism()

/** Runs histories on all cores, and tells of each when it is done. */
export const runHistories = async (
  { seed, histories, mode }: Histories,
  tell: (told: Told) => void,
): Promise<void> => {
  const threads = Array.from({ length: THREADS }, async (_, thread) => {
    const seeds: number[] = []
    for (let nth = thread; nth < histories; nth += THREADS) seeds.push(seed + nth)
    const worker = new Worker(new URL('thread.ts', import.meta.url), {
      workerData: { seeds, mode },
    })
    worker.on('message', tell)
    await new Promise((done, fail) => worker.once('exit', done).once('error', fail))
  })
  await Promise.all(threads)
}
