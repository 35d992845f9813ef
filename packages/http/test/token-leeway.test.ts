import test from 'ava'
import { SignJWT } from 'jose'
import { handClock, startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'

const secret = 'thirty-two bytes or more, and known to the issuer only'
const clock = handClock()
const now = clock.now() / 1000
const leeways = { '30s': 30, '0': 0, '120s': 120 } as const

/** A token with these times, in seconds from now. */
const token = (times: Readonly<Record<string, number>>) => {
  const claims = Object.entries({ exp: 600, ...times }).map(([name, at]) => [name, now + at])
  return new SignJWT({ sub: 'ann', ...Object.fromEntries(claims) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
}

for (const [written, leeway] of Object.entries(leeways)) {
  const environment = written === '30s' ? {} : { JWT_LEEWAY: written }
  test(`With a JWT_LEEWAY of ${written} clocks may differ by that, and not by a second more.`, async (t) => {
    const api = await startOneService(
      { clock },
      { AUTH: 'jwt', JWT_SECRET: secret, ...environment },
    )
    t.teardown(api.stop)
    const answerTo = async (times: Readonly<Record<string, number>>) => {
      const headers = { Authorization: `Bearer ${await token(times)}` }
      const answer = await api.ask('GET', '/order', undefined, { user: '', headers })
      if (answer.status !== 200) isProblem(t, answer, { code: 'unauthenticated', path: '/order' })
      return answer.status
    }
    for (const claim of ['nbf', 'iat']) {
      t.is(await answerTo({ [claim]: -86_400 }), 200, claim)
      t.is(await answerTo({ [claim]: leeway }), 200, claim)
      t.is(await answerTo({ [claim]: leeway + 1 }), 401, claim)
    }
    t.is(await answerTo({ exp: 1 - leeway }), 200)
    t.is(await answerTo({ exp: -leeway }), 401)
    t.is(await answerTo({ iat: 86_400, exp: 90_000 }), 401)
  })
}
