import type { ExecutionContext } from 'ava'
import type { TestService } from '../support.ts'

type Metrics = ReadonlyMap<string, number>

/** Every number by its name with labels, such as `holdfast_orders{state="CREATED"}`. */
export const metricsOf = async ({ ask }: Pick<TestService, 'ask'>): Promise<Metrics> => {
  const { text, headers, status } = await ask('GET', '/metrics', undefined, { user: '' })
  if (status !== 200) throw new Error(`${status} ${headers.get('content-type')} ${text}`)
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]),
  )
}

/** The numbers are these. */
export const has = (
  t: ExecutionContext,
  metrics: Metrics,
  expected: Readonly<Record<string, number>>,
) => {
  for (const [name, value] of Object.entries(expected)) t.is(metrics.get(name), value, name)
}
