/** One fault in a request: where it is (a JSON pointer, RFC 6901, into the request) and what was wrong and is allowed. */
export type FieldError = Readonly<{ pointer: string; detail: string }>

/** The request is well-formed, but some of its values are not allowed. Nothing was stored. */
export type InvalidRequest = Readonly<{
  code: 'invalid_request'
  detail: string
  errors: readonly FieldError[]
}>

/** Whether `value` is a whole number between two bounds, both allowed. */
export const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' &&
  Number.isSafeInteger(value) &&
  !Object.is(value, -0) &&
  value >= least &&
  value <= most

/** Builds the error for one or more faulty fields. */
export const invalidRequest = (errors: readonly FieldError[]): InvalidRequest => ({
  code: 'invalid_request',
  detail: errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '),
  errors,
})
