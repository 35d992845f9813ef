import test from 'ava'
import { currencies, lacksMinorUnit } from '../../src/rules/currencies.ts'

const inUse = [...currencies].filter(([, { withdrawnAt }]) => withdrawnAt === undefined)
const withdrawn = [...currencies].filter(([, { withdrawnAt }]) => withdrawnAt !== undefined)
const withDecimals = (count: number) =>
  inUse.flatMap(([code, { decimals }]) => (decimals === count ? [code] : [])).sort()

// The counts are those of list one as it was published on 2026-09-17.
test('the table has every code of list one that has a minor unit, and no other', (t) => {
  t.is(inUse.length, 165)
  t.deepEqual(
    [0, 2, 3, 4].map((count) => withDecimals(count).length),
    [17, 139, 7, 2],
  )
  t.is(
    withDecimals(0).join(' '),
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  )
  t.is(withDecimals(3).join(' '), 'BHD IQD JOD KWD LYD OMR TND')
  t.is(withDecimals(4).join(' '), 'CLF UYW')
})

test('a number belongs to one currency in use', (t) => {
  const numbers = inUse.map(([, { number }]) => number)
  t.is(new Set(numbers).size, numbers.length)
  for (const number of numbers) t.regex(number, /^\d{3}$/)
  t.is(currencies.get('XCG')?.number, currencies.get('ANG')?.number, 'XCG took over that of ANG')
})

test('funds and the newest codes are in use, whatever the runtime knows', (t) => {
  for (const code of 'BOV CHE CHW CLF COU MXV USN UYI UYW VED XAD XCG ZWG SLE'.split(' ')) {
    t.true(currencies.has(code), code)
    t.is(currencies.get(code)?.withdrawnAt, undefined, code)
  }
})

test('a unit without a minor unit is no currency', (t) => {
  const units = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ')
  for (const code of units) t.deepEqual([currencies.has(code), lacksMinorUnit(code)], [false, true])
  for (const [code] of currencies) t.false(lacksMinorUnit(code), code)
})

test('a withdrawn currency has the day from which it is none', (t) => {
  const days = withdrawn.map(([code, { withdrawnAt = 0 }]) => [
    code,
    new Date(withdrawnAt).toISOString(),
  ])
  t.is(days.length, 11)
  t.like(Object.fromEntries(days), {
    ANG: '2025-03-31T00:00:00.000Z',
    BGN: '2026-01-01T00:00:00.000Z',
    CUC: '2021-06-30T00:00:00.000Z',
    HRK: '2023-01-01T00:00:00.000Z',
    SLL: '2023-12-31T00:00:00.000Z',
    ZWL: '2024-08-31T00:00:00.000Z',
  })
})
