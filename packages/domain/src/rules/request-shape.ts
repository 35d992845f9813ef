import { type FieldError, isWithin } from './invalid-request.ts'

/**
 * Says what is wrong with a value at `pointer`, or nothing. Types promise as much, but a caller in JavaScript, or one that
 * parsed its input carelessly, may send anything; the bounds of values are the business of the rules.
 */
export type Check = (value: unknown, pointer: string) => readonly FieldError[]

/** Databases refuse NUL, and keep or replace half of a surrogate pair as each of them likes. */
const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes('\u0000')

/** A check that says what must hold. */
export const must =
  (holds: (value: unknown) => boolean, detail: string): Check =>
  (value, pointer) =>
    holds(value) ? [] : [{ pointer, detail }]

/** Text of so many characters that every database can keep. */
export const text = (least = 1, most = 255): Check =>
  must(
    (value) => isText(value, least, most),
    `must be text of ${least} to ${most} characters, without NUL and lone surrogates.`,
  )

/** Whether text has so many characters, and every database can keep it. */
export const isText = (value: unknown, least: number, most: number): value is string =>
  typeof value === 'string' && value.length >= least && value.length <= most && isStorable(value)

/** What somebody took for an id, however long: one that is none is not found. */
export const anId: Check = must(
  (value) => typeof value === 'string' && isStorable(value),
  'must be text without NUL and lone surrogates.',
)

/** A whole number of at least so much. */
export const wholeNumber = (least = 0): Check =>
  must(
    (value) => isWithin(value, least, Number.MAX_SAFE_INTEGER),
    `must be a whole number from ${least}.`,
  )

/** True or false. */
export const flag: Check = must((value) => typeof value === 'boolean', 'must be true or false.')

/** One of a few words. */
export const oneOf = (words: readonly string[]): Check =>
  must((value) => words.includes(value as string), `must be one of ${words.join(', ')}.`)

/** Whatever it is: a rule looks at it later. */
export const anything: Check = () => []

/** Whatever it is, but something. */
export const something = must((value) => value !== null && value !== undefined, 'must not be null.')

/** A value that may be left out. */
export const optional =
  (check: Check): Check =>
  (value, pointer) =>
    value === undefined ? [] : check(value, pointer)

/** An object with these fields. It may have others, at which nobody looks. */
export const objectOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, pointer) =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? [{ pointer, detail: `must be an object with ${Object.keys(fields).join(', ')}.` }]
      : Object.entries(fields).flatMap(([name, check]) =>
          check((value as Record<string, unknown>)[name], `${pointer}/${name}`),
        )

/** A list of such values. */
export const listOf =
  (check: Check): Check =>
  (value, pointer) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(item, `${pointer}/${index}`))
      : [{ pointer, detail: 'must be a list.' }]

/** A value that passes one of several checks; `detail` says what they ask for together. */
export const either =
  (checks: readonly Check[], detail: string): Check =>
  (value, pointer) =>
    checks.some((check) => check(value, pointer).length === 0) ? [] : [{ pointer, detail }]
