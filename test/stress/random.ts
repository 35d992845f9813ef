export { type Random, randomOf } from '../../packages/domain/src/testing/random.ts'

/** The seed that was asked for, or a new one. */
export const seedFrom = (written: string | undefined): number =>
  written === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(written)
