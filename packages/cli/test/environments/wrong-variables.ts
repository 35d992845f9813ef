/**
 * A value that is not allowed for each variable. One without a row fails the test; `undefined` where every text is allowed,
 * or where it is what is in the place that is wrong.
 */
export const wrongValues: Readonly<Record<string, string | undefined>> = {
  HOST: '0.0.0.0',
  PORT: 'eighty',
  DATABASE_URL: 'mysql://x',
  AUTO_MIGRATE: 'yes',
  AUTH: 'none',
  JWT_SECRET: 'short',
  JWKS_URL: 'ftp://x',
  JWT_ISSUER: undefined,
  JWT_AUDIENCE: undefined,
  JWT_LEEWAY: '1h',
  CORS_ORIGINS: '*',
  GATEWAY_URL: 'http://a:b@x',
  GATEWAY_SECRET: 'short',
  GATEWAY_TIMEOUT: 'soon',
  FAKE_LEDGER: undefined,
  PAYMENT_DEADLINE: '-1',
  ORDER_TTL: '1 week',
  DUPLICATE_WINDOW: 'a while',
  UNPAID_ORDERS: '1001',
  IDEMPOTENCY_TTL: '0',
  RATE_LIMIT: 'fast',
  TRUST_PROXY: 'yes',
  SHUTDOWN_GRACE: 'never',
  LOG_LEVEL: 'loud',
  CRASH_AT: 'nowhere',
}

/** What a command for the gateway alone reads; it need not know how users prove who they are. */
export const gatewayVariables = [
  'DATABASE_URL',
  'GATEWAY_URL',
  'GATEWAY_SECRET',
  'GATEWAY_TIMEOUT',
  'FAKE_LEDGER',
  'SHUTDOWN_GRACE',
]
