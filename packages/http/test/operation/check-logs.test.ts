import test from 'ava'
import { leaksIn } from '../../../../test/check-logs.ts'

const leaks: Readonly<Record<string, string>> = {
  'a token': '{"detail":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.x"}',
  'a secret': '{"err":{"message":"hush"}}',
  'a payment method': '{"body":{"method":"fake_approve"}}',
  'a database URL': '{"err":{"message":"cannot reach postgres://db/shop"}}',
  'credentials in a URL': '{"err":{"message":"GET https://ann:pw@issuer.example"}}',
}

for (const [what, line] of Object.entries(leaks)) {
  test(`The search of all logs finds ${what}.`, (t) => {
    t.deepEqual(
      leaksIn(line).map((leak) => leak.what),
      [what],
    )
  })
}

test('The search of all logs finds nothing in a line as it should be.', (t) => {
  const line = '{"level":30,"route":"/payment","status":402,"code":"payment_declined","user":"ann"}'
  t.deepEqual(leaksIn(line), [])
})
