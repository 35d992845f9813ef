import { arch, cpus, platform, release } from 'node:os'
import type { Finding } from '../../packages/adapters/src/index.ts'

/** Writes a line for whoever reads along. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** The machine that figures were measured on. */
export const machine = (): string =>
  `${platform()} ${release()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Node ${process.version}`

/** Prints what was counted, by name. */
export const sayCounts = (counts: ReadonlyMap<string, number>): void => {
  for (const [name, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    say(`  ${String(count).padStart(7)}  ${name}`)
  }
}

/** Prints how often each HTTP status class of 5xx came. */
export const sayServerErrors = (counts: ReadonlyMap<string, number>): void => {
  const errors = [...counts].filter(([name]) => / 5\d\d/.test(name))
  const of = (status: string) =>
    errors.filter(([name]) => name.includes(` ${status}`)).reduce((sum, [, n]) => sum + n, 0)
  say(
    `5xx: ${errors.reduce((sum, [, n]) => sum + n, 0)}, of which 500: ${of('500')}, 503: ${of('503')}`,
  )
}

/** Prints every check; true if all hold. */
export const sayFindings = (findings: readonly Finding[]): boolean => {
  for (const { id, says, broken, rows } of findings) {
    say(`${broken === 0 ? 'ok    ' : 'BROKEN'} ${id.padEnd(3)} ${says}`)
    for (const { row, found } of rows.slice(0, 5)) say(`         ${row}: ${found.slice(0, 4000)}`)
    if (broken > 5) say(`         and ${broken - 5} more`)
  }
  return findings.every(({ broken }) => broken === 0)
}

/** Prints faults; true if there are none. */
export const sayFaults = (faults: readonly string[]): boolean => {
  say(`faults: ${faults.length}`)
  for (const fault of faults.slice(0, 20)) say(`  ${fault.slice(0, 3000)}`)
  return faults.length === 0
}

/**
 * Prints every check and every fault, then the verdict, and ends the process with it. `good` is what has to hold besides;
 * `seed` is how to see it again.
 */
export const endWith = (
  { findings, faults }: Readonly<{ findings: readonly Finding[]; faults: readonly string[] }>,
  { good = true, seed }: Readonly<{ good?: boolean; seed?: number }> = {},
): never => {
  const isRight = sayFindings(findings)
  const holds = sayFaults(faults) && isRight && good
  say(`${holds ? 'All holds' : 'BROKEN'}${seed === undefined ? '' : ` (seed ${seed})`}.`)
  return process.exit(holds ? 0 : 1)
}

/** The time that this part of all does not exceed, in ms. */
export const percentileOf = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? 0

/** The middle, and the time that one in a hundred exceeds, in ms. */
export const percentiles = (times: readonly number[]): string => {
  const at = (part: number) => Math.round(percentileOf(times, part))
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${Math.round(Math.max(0, ...times))} ms`
}
