/** What a reader should know before the first request; Markdown. */
export const introduction = `
**No customer pays twice, nothing is sold twice, and what was answered with success is never lost**, whatever repeats, crashes
or falls silent.

- **Who is asking.** With \`AUTH=local\` (the default) the header \`X-User-Id\`; with \`AUTH=jwt\` a bearer token. A user sees only
  their own orders and payments: another's answers 404, exactly as one that does not exist.
- **Repeating safely.** Every write takes an \`Idempotency-Key\`. The same request with the same key gets the first answer
  again, byte for byte, with \`Idempotent-Replayed: true\`. Successes and refusals by a rule (402, 409, 412, 422) are kept for 24
  hours; 400, 401, 403, 404, 429 and 5xx are not.
- **Problems** are \`application/problem+json\` (RFC 9457). \`type\` leads to a page that explains, \`code\` is the word to decide by,
  \`retryable\` says whether the same request may succeed later, and \`sameKey\` whether with the same key.
  [All problems](/problems).
- **Pages of other origins** are served where \`CORS_ORIGINS\` names their origin, with \`AUTH=jwt\`. They may send
  \`Authorization\`, \`Content-Type\`, \`Idempotency-Key\`, \`If-Match\`, \`If-None-Match\`, \`Prefer\` and \`X-Request-Id\`, and read \`ETag\`,
  \`Location\`, \`Retry-After\`, \`Idempotent-Replayed\`, \`Preference-Applied\` and \`X-Request-Id\`, of problems too. Preflights (204) need no sign-in and
  are not limited.
- **Elsewhere.** A path that is not described here answers 404, another method 405 with \`Allow\`; HEAD is answered wherever GET
  is. What cannot be read as HTTP is answered 400, 408, 417 or 431 without a body, and the connection is closed.
- **Examples** show the state of things that they were recorded in, the request (\`x-request\`), the answer, and its headers
  (\`x-headers\`). Ids are counted there, and the clock stands still.
- **Compression.** Answers of 4 KiB and more are compressed (\`Content-Encoding: gzip\`) for whoever asks for it; the \`ETag\` of
  such an answer ends with \`-gzip\`. \`Vary\` says what else an answer depends on.
- **Conventions.** JSON in UTF-8, read strictly; bodies up to 64 KiB and 16 levels. Money is in minor units, times are in UTC.
  Answers are never cached (\`Cache-Control: no-store\`), and may gain fields in later versions.
`.trim()
