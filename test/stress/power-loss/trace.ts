import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** One thing that a process did to a file, as strace saw it; `at` is when, in ms since 1970. */
export type DiskEvent = Readonly<{ at: number; path: string }> &
  Readonly<
    | { kind: 'create' }
    | { kind: 'sync' }
    | { kind: 'unlink' }
    | { kind: 'write'; offset: number; bytes: Buffer }
    | { kind: 'truncate'; length: number }
  >

/**
 * What strace is to be called with, in front of a command, to record it: every string in full and in hexadecimal, with the
 * paths of descriptors. The tracer is a grandchild, so that signals reach the command itself. SQLite works on node's main
 * thread, and no other one is followed.
 */
export const tracing = (file: string): readonly string[] => [
  ...['strace', '-D', '-q', '-y', '-ttt', '-xx', '-s', '1048576', '-o', file],
  ...[
    '-e',
    'trace=openat,pwrite64,pwritev,write,ftruncate,fallocate,fsync,fdatasync,rename,unlink',
  ],
]

/** Whether there is an strace here, and it may trace. */
export const canTrace = (): boolean =>
  spawnSync('strace', ['-D', '-o', '/dev/null', process.execPath, '--version']).status === 0

/** What a process did to the files below a folder, in order. Throws at a line that it cannot read. */
export const readTrace = async (file: string, folder: string): Promise<readonly DiskEvent[]> => {
  const events: DiskEvent[] = []
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!line.includes(hex(folder)) || / = -1 /.test(line)) continue
    // What the process says on stderr may name a file; it is not written into one.
    if (/^\S+ write\(2</.test(line)) continue
    const event = readLine(line)
    if (event?.path.startsWith(folder) && !event.path.endsWith('-shm')) events.push(event)
  }
  return events
}

const FD = String.raw`\d+<([^>]*)>(?:\(deleted\))?`

/** A call by its shape, and what it means. Descriptors of files that are only read are opened without O_CREAT. */
const CALLS: readonly [RegExp, (found: readonly string[]) => WithoutTime | undefined][] = [
  [
    new RegExp(String.raw`^pwrite64\(${FD}, "([^"]*)", \d+, (\d+)\) += (\d+)$`),
    ([path = '', bytes = '', offset, written]) => {
      const all = unhex(bytes)
      if (all.length !== Number(written)) throw new Error(`A write was cut short: ${written}`)
      return { kind: 'write', path: unhex(path).toString(), offset: Number(offset), bytes: all }
    },
  ],
  [
    new RegExp(String.raw`^ftruncate\(${FD}, (\d+)\) += 0$`),
    ([path = '', length]) => ({
      kind: 'truncate',
      path: unhex(path).toString(),
      length: Number(length),
    }),
  ],
  [
    new RegExp(String.raw`^f(?:data)?sync\(${FD}\) += 0$`),
    ([path = '']) => ({ kind: 'sync', path: unhex(path).toString() }),
  ],
  [
    /^openat\(AT_FDCWD<[^>]*>, "([^"]*)", ([A-Z_|]+)(?:, \d+)?\) += \d+</,
    ([path = '', flags = '']) =>
      flags.includes('O_CREAT') ? { kind: 'create', path: unhex(path).toString() } : undefined,
  ],
  [
    /^unlink\("([^"]*)"\) += 0$/,
    ([path = '']) => ({ kind: 'unlink', path: unhex(path).toString() }),
  ],
]

type WithoutTime = DiskEvent extends infer Event ? Omit<Event & { at: number }, 'at'> : never

const readLine = (line: string): DiskEvent | undefined => {
  const [, seconds = '', call = ''] = /^(\d+\.\d+) (.*)$/.exec(line) ?? []
  for (const [shape, meaning] of CALLS) {
    const found = shape.exec(call)
    if (!found) continue
    const event = meaning(found.slice(1))
    return event && ({ ...event, at: Number(seconds) * 1000 } as DiskEvent)
  }
  throw new Error(`The trace has a call that is not understood: ${line.slice(0, 300)}`)
}

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex')

/** Text as strace writes it with `-xx`. */
const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
