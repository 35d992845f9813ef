import { styleText } from 'node:util'
import type { DestinationStream } from 'pino'

type Fields = Readonly<Record<string, unknown>>

/** What the message of a request says already, and what only programs look for. */
const LEFT_OUT = [
  ...['level', 'time', 'msg', 'err', 'durationMs', 'requestId', 'traceId'],
  ...['status', 'method', 'route', 'address'],
]

/** The log for people at a terminal: short lines instead of JSON. It gets lines that have been searched for secrets. */
export const terminalLog = (write: (text: string) => void): DestinationStream => ({
  write: (line) => write(`${readable(JSON.parse(line))}\n`),
})

/** `12:00:01Z info  POST /payment 402  12.3 ms  user=ann order=ord_… code=payment_declined`, and below it the error. */
const readable = (fields: Fields): string => {
  const { level, time, msg, durationMs, err } = fields
  const took = durationMs === undefined ? '' : `  ${dim(`${durationMs} ms`)}`
  const others = Object.entries(fields)
    .filter(([name]) => !LEFT_OUT.includes(name) && !(name === 'payment' && 'order' in fields))
    .map(([name, value]) => `${dim(`${name}=`)}${plain(value)}`)
  const rest = others.length > 0 ? `  ${others.join(' ')}` : ''
  const clock = dim(`${String(time).slice(11, 19)}Z`)
  return `${clock} ${levelName(Number(level))} ${plain(msg)}${took}${rest}${errorLines(err, Number(level))}`
}

const levelName = (level: number): string => {
  if (level >= 50) return style('red', level >= 60 ? 'fatal' : 'error')
  if (level >= 40) return style('yellow', 'warn ')
  return level >= 30 ? 'info ' : dim(level >= 20 ? 'debug' : 'trace')
}

/** A bug shows where it is; an outage only what it is, cause by cause. */
const errorLines = (err: unknown, level: number): string => {
  if (typeof err !== 'object' || err === null) return ''
  const { type, message, stack, cause } = err as Fields
  const summary = `${type}: ${message}`
  const lines = String(level >= 50 ? (stack ?? summary) : summary).split('\n')
  return lines.map((line) => `\n    ${printable(line)}`).join('') + errorLines(cause, level)
}

/** A value that could be read in another way, or could move the cursor, is written as JSON. */
const plain = (value: unknown): string =>
  typeof value === 'string' && value === printable(value) ? value : printable(JSON.stringify(value))

const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '')

const style = (format: Parameters<typeof styleText>[0], text: string): string =>
  styleText(format, text, { stream: process.stderr })
const dim = (text: string): string => style('dim', text)
