import test from 'ava'
import { startOneService } from '../support.ts'

const api = await startOneService()

const answers: Readonly<Record<string, () => ReturnType<typeof api.ask>>> = {
  'a success': () => api.ask('GET', '/product'),
  'a refusal': () => api.ask('POST', '/order', { lines: [] }),
  'an unknown path': () => api.ask('GET', '/nowhere'),
  'a missing sign-in': () => api.ask('GET', '/order', undefined, { user: '' }),
  'a probe': () => api.ask('GET', '/healthz'),
  'the metrics': () => api.ask('GET', '/metrics'),
}

for (const [what, ask] of Object.entries(answers)) {
  test(`The answer to ${what} is not cached, sniffed, framed or embedded, and nothing in it runs.`, async (t) => {
    const { headers } = await ask()
    t.is(headers.get('cache-control'), 'no-store')
    t.is(headers.get('x-content-type-options'), 'nosniff')
    t.is(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'")
    t.is(headers.get('x-frame-options'), 'DENY')
    t.is(headers.get('cross-origin-resource-policy'), 'same-origin')
    t.is(headers.get('referrer-policy'), 'no-referrer')
    t.is(headers.get('x-powered-by'), null)
  })
}

test('A page for people may have its own style, and no script.', async (t) => {
  const { headers } = await api.ask('GET', '/problems/not_found')
  t.regex(headers.get('content-security-policy') ?? '', /^default-src 'none'; .*style-src 'sha256-/)
  t.notRegex(headers.get('content-security-policy') ?? '', /script-src|unsafe/)
  t.is(headers.get('x-frame-options'), 'DENY')
})

test.after.always(api.stop)
