import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What no line of a log may hold. Secrets of the tests have one of a few words in them. */
const forbidden: Readonly<Record<string, RegExp>> = {
  'a token': /\beyJ[\w-]{5,}\.[\w-]+|Bearer\s+[\w.~+/=-]{16,}/i,
  'a secret': /hush|thirty-two bytes or more|somebody published by mistake/i,
  'a payment method': /\bfake_[a-z]+|"paymentMethod"/,
  'a database URL': /\b(postgres(ql)?|sqlite):[^\s",]/i,
  'credentials in a URL': /[a-z]:\/\/[^\s/@"]+@/i,
}

/** A line and what it holds that it must not. */
export type Leak = Readonly<{ what: string; line: string }>

/** What must not be in a line. */
export const leaksIn = (line: string): readonly Leak[] =>
  Object.entries(forbidden).flatMap(([what, form]) => (form.test(line) ? [{ what, line }] : []))

/** All that was logged into a folder: how many lines there are, and those that hold what they must not. */
export const checkLogs = (folder: string): Readonly<{ lines: number; leaks: readonly Leak[] }> => {
  let lines = 0
  const leaks = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => {
        lines += 1
        return leaksIn(line)
      }),
  )
  return { lines, leaks }
}
