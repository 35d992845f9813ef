import test from 'ava'
import { readConfiguration } from '../src/configuration.ts'

const limits = [
  {
    variable: 'RATE_LIMIT',
    name: 'rateLimit',
    allowed: [0, 1, 50, 999_999],
    refused: ['-1', '1.5', 'none', '1e3', '1000000', ' 50'],
    says: /whole number/,
  },
  {
    variable: 'TRUST_PROXY',
    name: 'trustedProxies',
    allowed: [0, 1, 10],
    refused: ['-1', '11', 'true', '1.0', '10.0.0.1'],
    says: /from 0 to 10/,
  },
  {
    variable: 'UNPAID_ORDERS',
    name: 'unpaidOrders',
    allowed: [0, 1, 20, 1000],
    refused: ['-1', '1001', '1.5', 'none', ' 20'],
    says: /from 0 to 1000/,
  },
] as const

for (const { variable, name, allowed, refused, says } of limits) {
  for (const value of allowed) {
    test(`${variable}=${value} is allowed.`, (t) => {
      t.is(readConfiguration({ [variable]: String(value) })._unsafeUnwrap()[name], value)
    })
  }

  for (const value of refused) {
    test(`${variable}=${value} is refused, and what is allowed is said.`, (t) => {
      const errors = readConfiguration({ [variable]: value })._unsafeUnwrapErr()
      t.is(errors[0]?.variable, variable)
      t.regex(errors[0]?.detail ?? '', says)
    })
  }
}

for (const [written, leewayMs] of Object.entries({
  0: 0,
  '500ms': 500,
  31: 31_000,
  '2m': 120_000,
})) {
  test(`JWT_LEEWAY=${written} is allowed.`, (t) => {
    const environment = { AUTH: 'jwt', JWT_SECRET: 's'.repeat(32), JWT_LEEWAY: written }
    t.like(readConfiguration(environment)._unsafeUnwrap().auth, { kind: 'jwt', leewayMs })
  })
}

for (const written of ['121', '120001ms', '3m', '-1s', 'soon']) {
  test(`JWT_LEEWAY=${written} is refused, and what is allowed is said.`, (t) => {
    const [error] = readConfiguration({ JWT_LEEWAY: written })._unsafeUnwrapErr()
    t.is(error?.variable, 'JWT_LEEWAY')
    t.regex(error?.detail ?? '', /from 0s to 120s|seconds or carry a unit/)
  })
}
