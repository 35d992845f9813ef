import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

const root = join(import.meta.dirname, '../../..')

type Source = Readonly<{ path: string; text: string }>

const sources: readonly Source[] = globSync('packages/*/{src,test}/**/*.ts', { cwd: root }).map(
  (path) => ({ path, text: readFileSync(join(root, path), 'utf8') }),
)

const importsOf = ({ text }: Source): string[] =>
  [...text.matchAll(/(?:from|import) '([^']+)'/g)].map(([, name]) => name ?? '')

/** The imports that a file of the domain must not have, by the folder that it is in. */
const forbiddenImports = (source: Source): string[] => {
  const folder = /domain\/src\/(\w+)\//.exec(source.path)?.[1] ?? ''
  const libraries =
    folder === 'testing'
      ? ['neverthrow', 'fast-check', 'node:assert']
      : ['neverthrow', 'node:crypto']
  const outer = {
    rules: /\/(ports|use-cases|testing)\//,
    ports: /\/(use-cases|testing)\//,
    'use-cases': /\/testing\//,
  }
  return importsOf(source).filter((name) =>
    name.startsWith('.')
      ? outer[folder as keyof typeof outer]?.test(name)
      : !libraries.includes(name),
  )
}

const tooLong = ({ text }: Source): boolean => text.split('\n').length - 1 > 200

test('the domain imports neverthrow alone, rules import only rules, ports only rules', (t) => {
  const domain = sources.filter(({ path }) => path.startsWith('packages/domain/src/'))
  t.true(domain.length > 30)
  for (const source of domain) t.deepEqual(forbiddenImports(source), [], source.path)
})

test('the check of imports notices what it is there for', (t) => {
  const path = 'packages/domain/src/rules/planted.ts'
  const planted = ['knex', 'node:fs', '../ports/store.ts', '../use-cases/pay-order.ts']
  const text = planted.map((name) => `import { x } from '${name}'`).join('\n')
  t.deepEqual(forbiddenImports({ path, text }), planted)
})

test('no file has more than 200 lines', (t) => {
  t.deepEqual(
    sources.filter(tooLong).map(({ path }) => path),
    [],
  )
  t.true(tooLong({ path: 'planted', text: 'x\n'.repeat(201) }))
})
