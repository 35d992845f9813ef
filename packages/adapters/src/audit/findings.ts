import type { Row } from '../sql/statement.ts'
import { type InvariantId, invariants } from './invariants.ts'

/** A row that breaks an invariant, by its id, and what was found of it. */
type BrokenRow = Readonly<{ row: string; found: string }>

/** What became of one invariant: how many rows break it, 0 where it holds, and the first of them. */
export type Finding = Readonly<{
  id: string
  says: string
  broken: number
  rows: readonly BrokenRow[]
}>

/** What is on its way and therefore left out where an invariant speaks of rest: payments, refunds and keys. */
export type UnderWay = Readonly<{
  /** Payments that are `PENDING`. */
  pending: number
  /** Those of them that are past their deadline, because the gateway could not be asked. */
  overdue: number
  /** Refunds that the gateway has not confirmed yet. */
  owed: number
  /** Captures of payments that have failed, which the watch over them will find. */
  unnoticed: number
  /** Charges that the gateway will capture later although their payments have ended. */
  due: number
  /** Payments that were begun after the moment which the audit looks at. */
  begun: number
}>

/** Where the checks write down what they see. */
export type Notes = Readonly<{
  /** Rows that break an invariant; `count` is how many there are where not all of them are given. */
  breaks: (id: InvariantId, rows: readonly BrokenRow[], count?: number) => void
  leaveOut: (what: keyof UnderWay) => void
  findings: () => readonly Finding[]
  underWay: () => UnderWay
}>

/** So many rows of an invariant are shown: enough to see what is wrong, few enough to keep when everything is. */
export const MOST_ROWS = 100

/** Empty notes. */
export const takeNotes = (): Notes => {
  const broken = new Map<InvariantId, { count: number; rows: BrokenRow[] }>()
  const underWay = { pending: 0, overdue: 0, owed: 0, unnoticed: 0, due: 0, begun: 0 }
  return {
    breaks: (id, rows, count = rows.length) => {
      const noted = broken.get(id) ?? { count: 0, rows: [] }
      noted.count += count
      noted.rows.push(...rows.slice(0, MOST_ROWS - noted.rows.length))
      broken.set(id, noted)
    },
    leaveOut: (what) => {
      underWay[what] += 1
    },
    findings: () =>
      Object.entries(invariants).map(([id, says]) => {
        const { count = 0, rows = [] } = broken.get(id as InvariantId) ?? {}
        return { id, says, broken: count, rows }
      }),
    underWay: () => ({ ...underWay }),
  }
}

/** A row in words, such as `quantity 5, reserved 6`. */
export const inWords = (row: Row): string =>
  Object.entries(row)
    .map(([column, value]) => `${column.replaceAll('_', ' ')} ${valueInWords(column, value)}`)
    .join(', ')

const valueInWords = (column: string, value: Row[string]): string =>
  /_(at|until)$/.test(column) ? timeInWords(value) : String(value ?? 'none')

/** A time in ms since 1970 as people read it, or as it is where it is none. */
export const timeInWords = (ms: Row[string] | undefined): string =>
  typeof ms === 'number' && Math.abs(ms) <= LAST_DATE_MS
    ? new Date(ms).toISOString()
    : String(ms ?? 'none')

/** Farther from 1970 than this, a number of ms is no date. */
const LAST_DATE_MS = 8.64e15
