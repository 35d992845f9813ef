import { type Check, isText } from './request-shape.ts'

/** What an integrator wants to find again with an order: names and texts. Nobody here looks at them. */
export type Metadata = Readonly<Record<string, string>>

/** As much as an order can carry without becoming a document of its own: 20 notes of a line or two. */
export const MAX_METADATA_KEYS = 20
/** A key is a name. */
export const MAX_METADATA_KEY_LENGTH = 40
/** A value is a line or two. */
export const MAX_METADATA_VALUE_LENGTH = 500

/** At most 20 texts of up to 500 characters, each under a key of 1 to 40; every one that is not is named. */
export const areMetadata: Check = (value, pointer) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ pointer, detail: 'must be an object of texts.' }]
  }
  const entries = Object.entries(value)
  if (entries.length > MAX_METADATA_KEYS) {
    const detail = `must have at most ${MAX_METADATA_KEYS} keys, not ${entries.length}.`
    return [{ pointer, detail }]
  }
  return entries.flatMap(([key, text], index) => {
    // A key that is too long, or that no database can keep, is not repeated in the answer.
    if (!isText(key, 1, MAX_METADATA_KEY_LENGTH)) {
      const detail = `must have keys of 1 to ${MAX_METADATA_KEY_LENGTH} characters; key number ${index + 1} is not allowed.`
      return [{ pointer, detail }]
    }
    const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const detail = `must be text of at most ${MAX_METADATA_VALUE_LENGTH} characters.`
    return isText(text, 0, MAX_METADATA_VALUE_LENGTH) ? [] : [{ pointer: at, detail }]
  })
}

/** Whether two say the same under the same keys, in whatever order. */
export const sameMetadata = (one: Metadata, other: Metadata): boolean =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
