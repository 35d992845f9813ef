import { pathToFileURL } from 'node:url'

/**
 * Runs histories on a copy of the domain until one of them breaks something, and prints which: the process that a planted bug
 * lives in. Arguments: the folder of the copy, the first seed, the most histories.
 */
const [folder = '', firstSeed = '1', most = '1'] = process.argv.slice(2)
const { simulate }: typeof import('../../packages/domain/src/testing/simulation.ts') = await import(
  pathToFileURL(`${folder}/src/testing/simulation.ts`).href
)
let caught: object | undefined
for (let nth = 0; nth < Number(most) && !caught; nth += 1) {
  const { seed, mode, violations } = await simulate({ seed: Number(firstSeed) + nth })
  if (violations.length > 0) caught = { seed, mode, histories: nth + 1, violations }
}
process.stdout.write(JSON.stringify(caught ?? {}))
