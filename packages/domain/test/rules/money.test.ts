import test from 'ava'
import {
  currencyDecimals,
  formatMoney,
  isCurrencyCode,
  MAX_AMOUNT_MINOR,
  multiplyMoney,
  sameMoney,
  sumMoney,
} from '../../src/rules/money.ts'

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

test('a price times a quantity is counted in whole minor units', (t) => {
  t.deepEqual(multiplyMoney(euros(1299), 3)._unsafeUnwrap(), euros(3897))
  t.deepEqual(multiplyMoney(euros(0), 1_000_000)._unsafeUnwrap(), euros(0))
})

test('a product of price and quantity past 2^53 - 1 is refused, one of just that is not', (t) => {
  t.is(MAX_AMOUNT_MINOR, 2 ** 53 - 1)
  t.deepEqual(multiplyMoney(euros(MAX_AMOUNT_MINOR), 1)._unsafeUnwrap(), euros(MAX_AMOUNT_MINOR))
  const refusal = multiplyMoney(euros(2 ** 52), 2)._unsafeUnwrapErr()
  t.is(refusal.code, 'amount_too_large')
  t.regex(refusal.detail, /9007199254740992/, 'the amount is named to the last digit')
})

test('a sum past 2^53 - 1 is refused, one of just that is not', (t) => {
  const nearly = euros(MAX_AMOUNT_MINOR - 1)
  t.deepEqual(sumMoney([nearly, euros(1)], 'EUR')._unsafeUnwrap(), euros(MAX_AMOUNT_MINOR))
  t.is(sumMoney([nearly, euros(2)], 'EUR')._unsafeUnwrapErr().code, 'amount_too_large')
  t.is(sumMoney([nearly, nearly, nearly], 'EUR')._unsafeUnwrapErr().code, 'amount_too_large')
})

test('the sum of nothing is nothing of the currency', (t) => {
  t.deepEqual(sumMoney([], 'JPY')._unsafeUnwrap(), { amountMinor: 0, currency: 'JPY' })
})

test('two amounts are the same only in number and currency', (t) => {
  t.true(sameMoney(euros(1299), euros(1299)))
  t.false(sameMoney(euros(1299), euros(1298)))
  t.false(sameMoney(euros(1299), { amountMinor: 1299, currency: 'USD' }))
})

test('a currency is a code of ISO 4217 in capitals', (t) => {
  for (const code of ['EUR', 'USD', 'JPY', 'KWD', 'CHF']) t.true(isCurrencyCode(code), code)
  for (const code of ['CLF', 'XAD', 'HRK']) t.true(isCurrencyCode(code), code)
  for (const code of ['eur', 'EURO', 'EU', '', 'ABC', 'E R']) t.false(isCurrencyCode(code), code)
  for (const code of ['XAU', 'XDR', 'XXX', 'DEM']) t.false(isCurrencyCode(code), code)
})

test('an amount is written for people with as many decimals as its currency has', (t) => {
  t.is(formatMoney(euros(1299)), '12.99 EUR')
  t.is(formatMoney(euros(5)), '0.05 EUR')
  t.is(formatMoney(euros(0)), '0.00 EUR')
  t.is(formatMoney({ amountMinor: 500, currency: 'JPY' }), '500 JPY')
  t.is(formatMoney({ amountMinor: 0, currency: 'JPY' }), '0 JPY')
  t.is(formatMoney({ amountMinor: 12, currency: 'KWD' }), '0.012 KWD')
  t.is(formatMoney({ amountMinor: 12, currency: 'UYW' }), '0.0012 UYW')
  t.is(formatMoney({ amountMinor: 12, currency: 'HRK' }), '0.12 HRK', 'withdrawn, and readable')
  t.is(
    formatMoney({ amountMinor: 12, currency: 'XDR' }),
    '0.12 XDR',
    'stored before it was refused',
  )
  t.is(formatMoney(euros(MAX_AMOUNT_MINOR)), '90071992547409.91 EUR')
})

// CLDR says how many decimals people write, ISO 4217 how many the minor unit has: forints have a
// hundredth, dinars of Iraq a thousandth.
test('the minor unit is that of ISO 4217 where people no longer write it', (t) => {
  t.deepEqual(['HUF', 'IQD', 'LAK'].map(currencyDecimals), [2, 3, 2])
  t.deepEqual(['EUR', 'JPY', 'KWD', 'CLF', 'MGA'].map(currencyDecimals), [2, 0, 3, 4, 2])
})
