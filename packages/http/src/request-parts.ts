import { MAX_AMOUNT_MINOR } from '@holdfast/domain'
import { z } from 'zod'

// These schemas check shapes. The bounds of values are the domain's rules, for every way in; what a schema says of them
// under `override` is for the document alone, made of the domain's own constants, and a test tries each one out.

/** Of a body that is none. */
export const isObject = { error: 'must be a JSON object' }
const wholeNumber = z
  .int({ error: 'must be a whole number, exact as a double' })
  .refine((value) => !Object.is(value, -0), { error: 'must not be -0' })
/** A whole number between two bounds. */
export const from = (minimum: number, maximum: number) =>
  wholeNumber.meta({ override: { minimum, maximum } })
/** Text of any length. */
export const text = z.string({ error: 'must be text' })
/** Text that no limit of the domain is about. */
export const shortText = (error: string) =>
  z.string({ error }).max(64, 'must have at most 64 characters')

/** An amount in a request. */
export const money = z
  .strictObject(
    {
      amountMinor: from(0, MAX_AMOUNT_MINOR).meta({
        description: 'In minor units: cents for EUR.',
      }),
      currency: z.string({ error: 'must be an ISO 4217 code such as EUR' }).meta({
        description: 'An ISO 4217 code that has a minor unit.',
        override: { pattern: '^[A-Z]{3}$' },
      }),
    },
    { error: 'must be {"amountMinor", "currency"}' },
  )
  .meta({ id: 'RequestedMoney', description: 'An amount of money. Never a fraction.' })
