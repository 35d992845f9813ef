import { execFile } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '../databases.ts'
import type { PlantedBug } from './planted-bug.ts'

/** The history that caught a bug, how many were run up to it, and what broke. */
export type Caught = Readonly<{
  seed: number
  mode: string
  histories: number
  violations: readonly string[]
}>

const domain = join(import.meta.dirname, '../../packages/domain')

/**
 * Plants a bug in a copy of the domain's source and runs histories on it, from a seed on; undefined where it survives so
 * many of them. Throws where a text that is to be replaced is not there just once.
 */
export const catchBug = async (
  { name, patches }: PlantedBug,
  firstSeed: number,
  mostHistories: number,
): Promise<Caught | undefined> => {
  const { it: folder, remove } = temporaryFolder()
  try {
    cpSync(join(domain, 'src'), join(folder, 'src'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    symlinkSync(join(domain, 'node_modules'), join(folder, 'node_modules'))
    for (const { file, find, put } of patches) {
      const path = join(folder, 'src', file)
      const parts = readFileSync(path, 'utf8').split(find)
      if (parts.length !== 2) {
        throw new Error(`${name}: ${file} has ${parts.length - 1} times:\n${find}`)
      }
      writeFileSync(path, parts.join(put))
    }
    const hunt = fileURLToPath(new URL('hunt.ts', import.meta.url))
    const args = [hunt, folder, String(firstSeed), String(mostHistories)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 })
    const caught = JSON.parse(stdout)
    return 'seed' in caught ? caught : undefined
  } finally {
    await remove()
  }
}

/** What caught a bug, without the ids: an invariant by its name, or the error of a use case that ran into a rule. */
export const invariantOf = ({ violations: [first = ''] }: Caught): string =>
  first.includes(' threw: ') ? first : (first.split(': ')[0] ?? '')
