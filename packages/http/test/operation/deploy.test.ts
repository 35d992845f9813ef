import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lifecycle } from '@holdfast/domain'
import { parser } from '@prometheus-io/lezer-promql'
import test from 'ava'
import { parse } from 'yaml'
import { problemKinds } from '../../src/problems.ts'
import { startOneService } from '../support.ts'

const root = join(import.meta.dirname, '../../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Alert = Readonly<{ alert: string; expr: string; annotations: Record<string, string> }>
type Panel = Readonly<{
  title: string
  targets?: readonly { expr: string; legendFormat: string }[]
}>

const alerts: readonly Alert[] = parse(read('deploy/prometheus/alerts.yml')).groups.flatMap(
  ({ rules }: { rules: Alert[] }) => rules,
)
const panels: readonly Panel[] = JSON.parse(read('deploy/grafana/holdfast.json')).panels

/** What Prometheus adds by itself: whether a scrape worked, and where from. */
const ADDED = { metric: 'up', labels: ['job', 'instance'] }

/** What an expression asks for. Grafana fills in the interval before Prometheus sees it. */
const askedBy = (written: string) => {
  const expr = written.replaceAll('$__rate_interval', '5m')
  const asked = {
    metrics: [] as string[],
    labels: [] as string[],
    errors: 0,
    values: [] as string[],
  }
  parser.parse(expr).iterate({
    enter: ({ name, from, to, type, node }) => {
      const text = expr.slice(from, to)
      if (type.isError) asked.errors += 1
      if (name === 'Identifier') asked.metrics.push(text)
      if (name === 'LabelName') asked.labels.push(text)
      if (name === 'UnquotedLabelMatcher' && node.getChild('MatchOp')) asked.values.push(text)
    },
  })
  return asked
}

/** Every metric that a service exports, by the name that one asks for, with its labels. */
const exported = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const api = await startOneService()
  const { text } = await api.ask('GET', '/metrics')
  await api.stop()
  const { createMetrics } = await import('../../src/operation/metrics.ts')
  const labels = new Map<string, readonly string[]>()
  const instruments = Object.values(createMetrics(5000)).filter((each) => 'labelNames' in each)
  for (const { name, labelNames } of instruments as unknown as {
    name: string
    labelNames: string[]
  }[]) {
    labels.set(name, labelNames)
  }
  const metrics = new Map<string, readonly string[]>()
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const seen = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\}`, 'gm'))].flatMap(
      ([, pairs = '']) => [...pairs.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
    )
    const own = [...(labels.get(name) ?? []), ...seen]
    if (kind === 'histogram') {
      metrics.set(`${name}_bucket`, [...own, 'le'])
      for (const suffix of ['_sum', '_count']) metrics.set(name + suffix, own)
    } else metrics.set(name, own)
  }
  return metrics
}

const known = await exported()

const complaintsAbout = (expr: string): readonly string[] => {
  const { metrics, labels, errors } = askedBy(expr)
  const allowed = [...ADDED.labels, ...metrics.flatMap((name) => known.get(name) ?? [])]
  return [
    ...(errors > 0 ? ['is not PromQL'] : []),
    ...(metrics.length === 0 ? ['asks for nothing'] : []),
    ...metrics
      .filter((name) => name !== ADDED.metric && !known.has(name))
      .map((name) => `no metric ${name}`),
    ...labels.filter((label) => !allowed.includes(label)).map((label) => `no label ${label}`),
  ]
}

for (const { alert, expr, annotations } of alerts) {
  test(`The alert ${alert} asks for what the service exports, and its page says what to do.`, (t) => {
    t.deepEqual(complaintsAbout(expr), [])
    t.is(annotations['runbook_url'], `RUNBOOK_BASE/docs/operations.md#${alert.toLowerCase()}`)
    t.regex(read('docs/operations.md'), new RegExp(`^### ${alert}$`, 'm'))
    for (const [, label] of (annotations['summary'] ?? '').matchAll(/\$labels\.(\w+)/g)) {
      t.true([...ADDED.labels, ...askedBy(expr).labels, 'route'].includes(label ?? ''), label)
    }
  })
}

for (const { title, targets = [] } of panels.filter((panel) => panel.targets)) {
  test(`The panel "${title}" asks for what the service exports.`, (t) => {
    t.true(targets.length > 0)
    for (const { expr, legendFormat } of targets) {
      t.deepEqual(complaintsAbout(expr), [], expr)
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        t.true([...ADDED.labels, ...askedBy(expr).labels].includes(label ?? ''), legendFormat)
      }
    }
  })
}

test('A gateway that is away and is tried every two seconds is seen to be away for as long as it is.', (t) => {
  const { expr } = alerts.find(({ alert }) => alert === 'HoldfastGatewayUnavailable') ?? {}
  t.is(expr, 'min_over_time(holdfast_gateway_available[1m]) == 0')
})

test('States and codes that alerts and panels ask for exist.', (t) => {
  const all = [...alerts, ...panels.flatMap(({ targets = [] }) => targets)]
  const values = all.flatMap(({ expr }) => askedBy(expr).values)
  const named = (label: string) =>
    values.flatMap((value) => new RegExp(`^${label}="(\\w+)"$`).exec(value)?.[1] ?? [])
  t.true(named('code').length > 0 && named('code').every((code) => code in problemKinds))
  t.true(named('state').every((state) => state in lifecycle))
})

test('Every metric of ours is on the dashboard or in an alert.', (t) => {
  const asked = [...alerts, ...panels.flatMap(({ targets = [] }) => targets)]
    .flatMap(({ expr }) => askedBy(expr).metrics)
    .map((name) => name.replace(/_(bucket|count|sum)$/, ''))
  const ours = [...known.keys()]
    .filter((name) => name.startsWith('holdfast_'))
    .map((name) => name.replace(/_(bucket|count|sum)$/, ''))
  t.deepEqual(
    [...new Set(ours)].filter((name) => !asked.includes(name)),
    [],
  )
})

test('The check notices what it is there for.', (t) => {
  t.deepEqual(complaintsAbout('sum(holdfast_order)'), ['no metric holdfast_order'])
  t.deepEqual(complaintsAbout('holdfast_orders{status="CREATED"}'), ['no label status'])
  t.deepEqual(complaintsAbout('sum by (route) (holdfast_orders)'), ['no label route'])
  t.deepEqual(complaintsAbout('sum(holdfast_orders'), ['is not PromQL'])
})
