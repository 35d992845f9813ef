import { simulate } from '@holdfast/domain/testing/simulation'
import test, { type ExecutionContext } from 'ava'
import { postgresStores, type StoreMaker, sqliteStores } from './support.ts'

/** So many histories, a seed each; `HISTORIES=200` for a long proof. */
const HISTORIES = Number(process.env['HISTORIES'] ?? 5)

const SEED = 20_260_115

const isTheSameOn = async (t: ExecutionContext, openStore: StoreMaker) => {
  t.timeout(HISTORIES * 30_000)
  for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
    const inMemory = await simulate({ seed })
    const { violations, trace } = await simulate({ seed, store: await openStore() })
    t.deepEqual(violations, [], `seed ${seed}`)
    t.deepEqual(trace, inMemory.trace, `seed ${seed}`)
  }
}

test('histories of the whole service go on SQLite step by step as they do in memory', (t) =>
  isTheSameOn(t, sqliteStores(t)))

test('histories of the whole service go on PostgreSQL step by step as they do in memory', async (t) =>
  isTheSameOn(t, await postgresStores(t)))
