import test from 'ava'
import type { DomainError } from '../../src/errors.ts'
import {
  DEFAULT_IDEMPOTENCY_TTL_MS,
  isRemembered,
  refuseReusedKey,
} from '../../src/rules/idempotency.ts'

test('a key lives for a day', (t) => {
  t.is(DEFAULT_IDEMPOTENCY_TTL_MS, 24 * 60 * 60 * 1000)
})

test('a key that is new, or that comes with its own request again, is accepted', (t) => {
  t.true(refuseReusedKey(undefined, 'a').isOk())
  t.true(refuseReusedKey({ fingerprint: 'a' }, 'a').isOk())
})

test('a key that comes with another request is refused', (t) => {
  const refusal = refuseReusedKey({ fingerprint: 'a' }, 'b')._unsafeUnwrapErr()
  t.is(refusal.code, 'idempotency_key_reused')
})

/** 409, 412 and 422 are kept; 404, 429 and 503 are not, nor is the misuse of a key. */
const remembered: Readonly<Record<DomainError['code'], boolean>> = {
  amount_too_large: true,
  duplicate_order: true,
  illegal_transition: true,
  insufficient_stock: true,
  invalid_request: true,
  order_already_paid: true,
  quantity_below_reserved: true,
  quantity_limit_exceeded: true,
  sku_taken: true,
  total_changed: true,
  unknown_product: true,
  version_mismatch: true,
  gateway_unavailable: false,
  idempotency_key_reused: false,
  order_not_found: false,
  payment_attempts_exceeded: false,
  payment_not_found: false,
  payment_outcome_unknown: false,
  product_not_found: false,
  too_many_unpaid_orders: false,
}

for (const [code, kept] of Object.entries(remembered)) {
  test(`a key ${kept ? 'keeps' : 'does not keep'} the refusal ${code}`, (t) => {
    t.is(isRemembered({ code } as DomainError), kept)
  })
}
