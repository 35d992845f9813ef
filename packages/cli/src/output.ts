import Table from 'cli-table3'
import pc from 'picocolors'

/** How a command writes what it found: as JSON for programs, or for people. */
export type OutputOptions = Readonly<{ json?: boolean }>

/** Writes data to stdout. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Writes everything that is not data to stderr. */
export const tell = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Says on stderr what went wrong. */
export const complain = (text: string): void => tell(`${pc.red('error')} ${text}`)

/** One JSON document, or the same for people. */
export const printOne = <T>(item: T, { json }: OutputOptions, forPeople: (item: T) => string) =>
  print(json ? JSON.stringify(item, null, 2) : forPeople(item))

/** One line of JSON an item, or a table for people. */
export const printList = <T>(
  items: readonly T[],
  { json }: OutputOptions,
  columns: Readonly<Record<string, (item: T) => string>>,
): void => {
  if (json) {
    for (const item of items) print(JSON.stringify(item))
    return
  }
  if (items.length === 0) {
    tell('Nothing yet.')
    return
  }
  print(
    table(
      Object.keys(columns),
      items.map((item) => Object.values(columns).map((cell) => cell(item))),
    ),
  )
}

/** A table without lines: columns are two spaces apart, numbers right-aligned. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const none = Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
      'left',
      'left-mid',
      'mid',
      'mid-mid',
      'right',
      'right-mid',
    ].map((name) => [name, '']),
  )
  const made = new Table({
    head: head.map((name) => pc.dim(name)),
    chars: { ...none, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: head.map((_, column) =>
      rows.length > 0 && rows.every((row) => /^-?[\d.,]+( [A-Z]{3})?$/.test(row[column] ?? ''))
        ? 'right'
        : 'left',
    ),
  })
  made.push(...rows.map((row) => [...row]))
  return made.toString().replaceAll(/ +$/gm, '')
}

/** Name and value pairs, a line each, the values one below the other. */
export const fields = (pairs: Readonly<Record<string, string>>): string => {
  const width = Math.max(...Object.keys(pairs).map(({ length }) => length))
  return Object.entries(pairs)
    .map(([name, value]) => `${pc.dim(name.padEnd(width))}  ${value}`)
    .join('\n')
}

/** A state in the colour of what it means: good, bad, or under way. */
export const colourState = (state: string): string => {
  if (/DONE|SUCCEEDED|CONFIRMED/.test(state)) return pc.green(state)
  if (/FAILED|CANCELLED/.test(state)) return pc.red(state)
  return pc.yellow(state)
}

/** A time to the second, in UTC. */
export const formatTime = (time: string): string => time.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
