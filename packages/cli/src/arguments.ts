import { parseDuration } from '@holdfast/adapters'
import { currencyDecimals, isCurrencyCode, type Money, type ProductRef } from '@holdfast/domain'
import { InvalidArgumentError } from 'commander'
import { ExitCode, Refusal } from './exit.ts'

/** A whole number, such as `12` or `-3`. */
export const wholeNumber = (written: string): number => {
  const value = Number(written)
  if (!/^[+-]?\d+$/.test(written) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number.')
  }
  return value
}

/** How much of a product one order may have, or `none`: Commander takes a null for a value that is missing. */
export const quantityLimit = (written: string): number | 'none' =>
  written === 'none' ? written : wholeNumber(written)

/** How many items to list. */
export const listLimit = (written: string): number => {
  const value = wholeNumber(written)
  if (value < 1) throw new InvalidArgumentError('It must be 1 or more.')
  return value
}

/** A price as people write it, such as `12.99` and `EUR`, without rounding. */
export const price = (decimal: string, currency: string): Money => {
  if (!isCurrencyCode(currency)) {
    throw new Refusal(
      `--currency must be an ISO 4217 code such as EUR, not ${currency}.`,
      ExitCode.usage,
    )
  }
  const decimals = currencyDecimals(currency)
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? []
  if (whole === undefined || fraction.length > decimals) {
    throw new Refusal(
      `--price must be a decimal with at most ${decimals} places in ${currency}, not ${decimal}.`,
      ExitCode.usage,
    )
  }
  return { amountMinor: Number(whole + fraction.padEnd(decimals, '0')), currency }
}

/** A product by its id or by its sku. */
export const productRef = (written: string): ProductRef =>
  /^prod_[0-9a-f]{32}$/.test(written) ? { id: written } : { sku: written }

/** What tells a repeat of a command from another command: 1 to 255 visible ASCII characters. */
export const idempotencyKey = (written: string): string => {
  if (!/^[\x21-\x7e]{1,255}$/.test(written)) {
    throw new InvalidArgumentError('It must be 1 to 255 visible ASCII characters.')
  }
  return written
}

/** A port to listen on; 0 takes a free one. */
export const portNumber = (written: string): number => {
  const value = wholeNumber(written)
  if (value < 0 || value > 65_535) throw new InvalidArgumentError('It must be from 0 to 65535.')
  return value
}

/** A share of all, from 0 to 1, such as `0.05`. */
export const share = (written: string): number => {
  const value = Number(written)
  if (!/^\d+(\.\d+)?$/.test(written) || value > 1) {
    throw new InvalidArgumentError('It must be a share from 0 to 1, such as 0.05.')
  }
  return value
}

/** A duration such as `500ms`, in ms. */
export const durationMs = (written: string): number => {
  const ms = parseDuration(written)
  if (ms === undefined || ms > 3650 * 86_400_000) {
    throw new InvalidArgumentError('It must be a duration up to ten years, such as 500ms or 4m.')
  }
  return ms
}

/** An address that can be called over HTTP. */
export const httpUrl = (written: string): string => {
  if (!/^https?:\/\/[^@]+$/.test(written) || !URL.canParse(written)) {
    throw new InvalidArgumentError('It must be an http:// or https:// URL without a password.')
  }
  return written
}

/** A duration such as `15m`, in whole seconds. */
export const durationSeconds = (written: string): number => {
  const ms = parseDuration(written)
  if (ms === undefined || ms < 1000 || ms > 3650 * 86_400_000) {
    throw new InvalidArgumentError('It must be a duration from a second to ten years, such as 15m.')
  }
  return Math.floor(ms / 1000)
}
