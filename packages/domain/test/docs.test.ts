import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { lifecycle } from '@holdfast/domain'
import test from 'ava'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The state machine as a mermaid chart, made from the table in the code. */
const lifecycleChart = (): string => {
  const moves = Object.entries(lifecycle).flatMap(([from, actions]) =>
    Object.entries(actions).map(([action, to]) => `  ${from} --> ${to}: ${action}`),
  )
  const ends = Object.entries(lifecycle).filter(([, actions]) => Object.keys(actions).length === 0)
  return [
    'stateDiagram-v2',
    '  [*] --> CREATED: create, all lines reserved',
    '  [*] --> ORDER_FAILED: create, a line short',
    ...moves,
    ...ends.map(([state]) => `  ${state} --> [*]`),
  ].join('\n')
}

for (const page of ['README.md', 'docs/order-lifecycle.md']) {
  test(`the chart in ${page} is the table in the code`, (t) => {
    const chart = /```mermaid\n(.*?)\n```/s.exec(read(page))?.[1]
    t.is(chart, lifecycleChart())
  })
}

test('every rule in docs/rules.md names a file that exists and a test that exists', (t) => {
  const titles = globSync('packages/*/{test,src/testing}/**/*.ts', { cwd: root })
    .map(read)
    .join('\n')
  const rows = read('docs/rules.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes(']('))
  t.true(rows.length >= 30)
  for (const row of rows) {
    const proof = row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? ''
    t.true(titles.includes(proof), `no test is called: ${proof}`)
  }
})

test('every link in the docs leads somewhere', (t) => {
  for (const page of ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]) {
    for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      t.notThrows(
        () => globSync(resolve(root, dirname(page), link))[0] ?? t.fail(),
        `${page}: ${link}`,
      )
    }
  }
})

test('the README has at most 150 lines', (t) => {
  t.true(read('README.md').split('\n').length <= 150)
})
