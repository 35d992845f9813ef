import { err, ok, type Result } from 'neverthrow'
import { currencies, lacksMinorUnit } from './currencies.ts'
import { type FieldError, isWithin } from './invalid-request.ts'
import { type Check, must, objectOf } from './request-shape.ts'

/** An amount in the currency's minor unit (cents for EUR, yen for JPY) and its ISO 4217 code. Never a float. */
export type Money = Readonly<{ amountMinor: number; currency: string }>

/** The amount would pass 2^53 - 1, beyond which a double no longer counts in ones. */
export type AmountTooLarge = Readonly<{ code: 'amount_too_large'; detail: string }>

/** The largest amount that JSON numbers carry exactly: 2^53 - 1 minor units. */
export const MAX_AMOUNT_MINOR = Number.MAX_SAFE_INTEGER

/** Whether amounts can be in `code`: an ISO 4217 code in capitals, in use or withdrawn, that has a minor unit. */
export const isCurrencyCode = (code: string): boolean => currencies.has(code)

/**
 * How many decimals the minor unit of a currency stands for: 2 for EUR, 0 for JPY, 3 for KWD. What was stored in a unit
 * that the table does not have was counted in hundredths.
 */
export const currencyDecimals = (currency: string): number =>
  currencies.get(currency)?.decimals ?? 2

/** The faults of an amount that somebody sent, at `pointer` in the request. */
export const checkMoney = (amount: Money, pointer: string): readonly FieldError[] =>
  objectOf({ amountMinor: isAmount, currency: isCurrency })(amount, pointer)

const isAmount = must(
  (value) => isWithin(value, 0, MAX_AMOUNT_MINOR),
  `must be a whole number of minor units from 0 to ${MAX_AMOUNT_MINOR}.`,
)

const isCurrency: Check = (value, pointer) => {
  if (typeof value === 'string' && isCurrencyCode(value)) return []
  const detail = lacksMinorUnit(value)
    ? `must have a minor unit to count amounts in; ${value} has none.`
    : 'must be an ISO 4217 code in capitals, such as EUR.'
  return [{ pointer, detail }]
}

/** The faults of a new price, whose currency must not have been withdrawn by `now` (ms since 1970). */
export const checkNewPrice = (
  price: Money,
  pointer: string,
  now: number,
): readonly FieldError[] => {
  const faults = checkMoney(price, pointer)
  const { withdrawnAt = Number.POSITIVE_INFINITY } = currencies.get(price?.currency) ?? {}
  if (faults.length > 0 || now < withdrawnAt) return faults
  const day = new Date(withdrawnAt).toISOString().slice(0, 10)
  const detail = `must be in use for a new price; ${price.currency} was withdrawn on ${day}.`
  return [{ pointer: `${pointer}/currency`, detail }]
}

/** `quantity` times a unit price. */
export const multiplyMoney = (price: Money, quantity: number): Result<Money, AmountTooLarge> =>
  exact(BigInt(price.amountMinor) * BigInt(quantity), price.currency)

/** The sum of amounts that share one currency; the caller has checked that they do. */
export const sumMoney = (
  amounts: readonly Money[],
  currency: string,
): Result<Money, AmountTooLarge> =>
  exact(
    amounts.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n),
    currency,
  )

/** Whether two amounts are the same number of the same currency. */
export const sameMoney = (a: Money, b: Money): boolean =>
  a.amountMinor === b.amountMinor && a.currency === b.currency

/** A decimal for people: `12.99 EUR`. */
export const formatMoney = ({ amountMinor, currency }: Money): string => {
  const decimals = currencyDecimals(currency)
  const digits = String(amountMinor).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  return `${decimals === 0 ? digits : `${whole}.${digits.slice(-decimals)}`} ${currency}`
}

const exact = (amountMinor: bigint, currency: string): Result<Money, AmountTooLarge> =>
  amountMinor > BigInt(MAX_AMOUNT_MINOR)
    ? err({
        code: 'amount_too_large',
        detail: `The amount ${amountMinor} is above ${MAX_AMOUNT_MINOR} minor units, the largest that is exact.`,
      })
    : ok({ amountMinor: Number(amountMinor), currency })
