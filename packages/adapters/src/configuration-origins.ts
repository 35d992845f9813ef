import { err, ok, type Result } from 'neverthrow'
import type { z } from 'zod'
import type { AuthConfiguration, ConfigurationError } from './configuration.ts'

/**
 * The origins of CORS_ORIGINS. They are compared with what browsers send, letter by letter: one that is written in another
 * way would never match, and nothing would say so. Hence it is refused, with what browsers send instead.
 */
export const readOrigins = (written: string, context: z.RefinementCtx): readonly string[] =>
  written.split(',').map((item) => {
    const origin = item.trim()
    const sent = originSent(origin)
    if (sent === origin) return origin
    const instead = sent === undefined ? '' : `: ${sent} and not ${origin}`
    context.addIssue({
      code: 'custom',
      message: `must be exact origins such as https://shop.example, with commas between${instead}`,
    })
    return origin
  })

/** What a browser sends for a page at a URL; undefined where no page of the web can be. */
const originSent = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined
  const { origin, username, password } = new URL(url)
  return /^https?:\/\/[^*]+$/.test(origin) && username + password === '' ? origin : undefined
}

/** With AUTH=local a page could be anybody, an admin too, on the machine of whoever looks at it. */
export const checkOrigins = (
  origins: readonly string[],
  { kind }: AuthConfiguration,
): Result<readonly string[], readonly ConfigurationError[]> => {
  if (kind === 'jwt' || origins.length === 0) return ok(origins)
  const detail =
    'must not be set with AUTH=local, which believes whatever a page says; set AUTH=jwt to let pages of other origins in'
  return err([{ variable: 'CORS_ORIGINS', detail }])
}
