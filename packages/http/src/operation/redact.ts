/** Takes out of a text, or a line of JSON, what must not be read in a log or on a screen. */
export type Redact = (text: string) => string

/** What gives itself away by its form. */
const telling: readonly (readonly [RegExp, string])[] = [
  [/\b(?:postgres(?:ql)?|sqlite):[^\s"'`)\]}\\]+/gi, '[database url]'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+@/gi, '$1[credentials]@'],
  [/\bBearer\s+[\w.~+/=-]{16,}/gi, 'Bearer [token]'],
  [/(authorization["']?\s*[:=]\s*["']?(?:\w+\s+)?)[^\s"',;{}[\]\\]+/gi, '$1[token]'],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*/g, '[token]'],
  [
    /((?:password|passwd|secret|token|api_?key)["']?\s*[:=]\s*["']?)[^\s"'&,;{}[\]\\]+/gi,
    '$1[hidden]',
  ],
]

/** Hides tokens, database URLs and credentials wherever they stand, and every secret that is known. */
export const createRedact = (secrets: readonly string[] = []): Redact => {
  const known = secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .toSorted((a, b) => b.length - a.length)
  const hide = (text: string, some: readonly string[]) =>
    some.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
  const urls = known.filter((secret) => secret.includes('://'))
  // By its form a URL ends at a bracket or a quote, which its password may hold: one that is known goes first, as a whole.
  // Any other secret goes last: part of a telling form, such as a password in a URL, it must not spoil the form.
  return (text) =>
    hide(
      telling.reduce((rest, [form, instead]) => rest.replace(form, instead), hide(text, urls)),
      known,
    )
}

/** An error as it is logged: no more than what says where to look. */
type LoggedError = Readonly<{
  type: string
  message: string
  code?: string
  stack?: string | undefined
  cause?: LoggedError
  errors?: readonly LoggedError[]
}>

/** A chain of causes that is longer goes in circles. */
const DEEPEST_CAUSE = 5

/**
 * What a log may hold of a failure: name, message, code and stack, and those of its causes. Nothing else of it is looked
 * at: database errors carry the values of a row, and libraries hang their settings onto theirs, the password included.
 */
export const errorForLog = (error: unknown, depth = 0): LoggedError => {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const inner = (each: unknown) => errorForLog(each, depth + 1)
  const { name, message, stack, cause } = error
  const isDeep = depth >= DEEPEST_CAUSE
  return {
    type: name,
    message,
    ...('code' in error && { code: String(error.code) }),
    stack,
    ...(cause !== undefined && !isDeep && { cause: inner(cause) }),
    ...(error instanceof AggregateError && !isDeep && { errors: error.errors.map(inner) }),
  }
}
