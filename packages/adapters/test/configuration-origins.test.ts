import test from 'ava'
import { readConfiguration } from '../src/configuration.ts'
import { reportConfiguration } from '../src/configuration-report.ts'

const jwt = { AUTH: 'jwt', JWT_SECRET: 's'.repeat(32) }

const allowed: Readonly<Record<string, readonly string[]>> = {
  'https://shop.example': ['https://shop.example'],
  'http://localhost:5173': ['http://localhost:5173'],
  'http://[::1]:8080': ['http://[::1]:8080'],
  'https://a.example,https://b.example:8443': ['https://a.example', 'https://b.example:8443'],
  'https://a.example, https://b.example': ['https://a.example', 'https://b.example'],
}

for (const [written, origins] of Object.entries(allowed)) {
  test(`CORS_ORIGINS=${written} is allowed, and shown as it is written.`, (t) => {
    const environment = { ...jwt, CORS_ORIGINS: written }
    const configuration = readConfiguration(environment)._unsafeUnwrap()
    t.deepEqual(configuration.corsOrigins, origins)
    const shown = reportConfiguration(environment, configuration)
    t.is(shown.find(({ variable }) => variable === 'CORS_ORIGINS')?.value, written)
  })
}

const exact = /exact origins such as https:\/\/shop\.example, with commas between/
const refused: Readonly<Record<string, RegExp>> = {
  '*': exact,
  null: exact,
  'https://*.example': exact,
  'shop.example': exact,
  'shop.example:8080': exact,
  '//shop.example': exact,
  'file:///srv/shop': exact,
  'ftp://shop.example': exact,
  ' ': exact,
  ',': exact,
  'https://a.example,': exact,
  'https://a.example,*': exact,
  'https://a.example https://b.example': exact,
  'https://a.example;https://b.example': exact,
  'https://ann:hush@shop.example': exact,
  'https://shop.example/': /: https:\/\/shop\.example and not https:\/\/shop\.example\/$/,
  'https://shop.example/cart': /: https:\/\/shop\.example and not /,
  'https://shop.example?x': /: https:\/\/shop\.example and not /,
  'https://shop.example#x': /: https:\/\/shop\.example and not /,
  'https://Shop.example': /: https:\/\/shop\.example and not /,
  'HTTPS://shop.example': /: https:\/\/shop\.example and not /,
  'https://shop.example:443': /: https:\/\/shop\.example and not /,
  'https://bücher.example': /: https:\/\/xn--bcher-kva\.example and not /,
  'https://a.example,https://b.example/x': /: https:\/\/b\.example and not /,
}

for (const [written, says] of Object.entries(refused)) {
  test(`CORS_ORIGINS=${written} is refused: ${says}`, (t) => {
    const errors = readConfiguration({ ...jwt, CORS_ORIGINS: written })._unsafeUnwrapErr()
    t.deepEqual(
      errors.map(({ variable }) => variable),
      ['CORS_ORIGINS'],
    )
    t.regex(errors[0]?.detail ?? '', says)
    t.notRegex(errors[0]?.detail ?? '', /hush/)
  })
}

test('CORS_ORIGINS is refused with AUTH=local: a page would be whoever it says.', (t) => {
  const [error] = readConfiguration({ CORS_ORIGINS: 'https://shop.example' })._unsafeUnwrapErr()
  t.is(error?.variable, 'CORS_ORIGINS')
  t.regex(error?.detail ?? '', /AUTH=local.*AUTH=jwt/)
})
