import { err, ok, type Result } from 'neverthrow'
import { type FieldError, isWithin } from './invalid-request.ts'
import { must, objectOf } from './request-shape.ts'

/** An amount in the currency's minor unit (cents for EUR, yen for JPY) and its ISO 4217 code. Never a float. */
export type Money = Readonly<{ amountMinor: number; currency: string }>

/** The amount would pass 2^53 - 1, beyond which a double no longer counts in ones. */
export type AmountTooLarge = Readonly<{ code: 'amount_too_large'; detail: string }>

/** The largest amount that JSON numbers carry exactly: 2^53 - 1 minor units. */
export const MAX_AMOUNT_MINOR = Number.MAX_SAFE_INTEGER

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** Whether `code` is an ISO 4217 currency code, in capitals. Source: the Unicode CLDR list that the runtime carries. */
export const isCurrencyCode = (code: string): boolean => currencies.has(code)

/** The currencies whose minor unit is not a hundredth. Source: ISO 4217, list one; CLDR leaves out what is not minted. */
const otherDecimals: Readonly<Record<number, readonly string[]>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
  3: 'BHD IQD JOD KWD LYD OMR TND'.split(' '),
  4: 'CLF UYW'.split(' '),
}

/** How many decimals the minor unit of a currency stands for: 2 for EUR, 0 for JPY, 3 for KWD. */
export const currencyDecimals = (currency: string): number =>
  Number(Object.entries(otherDecimals).find(([, codes]) => codes.includes(currency))?.[0] ?? 2)

/** The faults of an amount that somebody sent, at `pointer` in the request. */
export const checkMoney = (amount: Money, pointer: string): readonly FieldError[] =>
  objectOf({ amountMinor: isAmount, currency: isCurrency })(amount, pointer)

const isAmount = must(
  (value) => isWithin(value, 0, MAX_AMOUNT_MINOR),
  `must be a whole number of minor units from 0 to ${MAX_AMOUNT_MINOR}.`,
)

const isCurrency = must(
  (value) => typeof value === 'string' && isCurrencyCode(value),
  'must be an ISO 4217 code in capitals, such as EUR.',
)

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
