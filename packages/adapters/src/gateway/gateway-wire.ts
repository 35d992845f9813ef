import { z } from 'zod'

/** No message of the protocol comes near this; whoever sends more is not the gateway, or not well. */
export const MAX_BODY_BYTES = 65_536

/** Money on the wire. */
const amount = z.object({
  amountMinor: z.int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/),
})

const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/)
const time = z.iso.datetime().transform((at) => Date.parse(at))

/** `POST /charge` */
export const chargeRequest = z.strictObject({
  idempotencyKey,
  amount,
  paymentMethod: z.string().min(1).max(255),
})

/** `POST /charge/{key}/refund` */
export const refundRequest = z.strictObject({ amount })

/** Words for people, which end in a database and on a screen: made harmless rather than refused. */
const detail = z.string().transform((text) =>
  text
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 500),
)

const concerning = { idempotencyKey, amount: amount.nullable() }

/** `GET /identity`: the id that is in the header as well. */
export const identityAnswer = z.object({ gatewayId: z.string() })

/** A charge as it stands: the answer to a charge, a lookup and a void. */
export const chargeAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('captured'), ...concerning }),
  z.object({ state: z.literal('voided'), ...concerning }),
  z.object({ state: z.literal('pending'), ...concerning }),
  z.object({
    state: z.literal('declined'),
    code: z.string().regex(/^[a-z0-9_]{1,64}$/),
    detail,
    ...concerning,
  }),
])

/** The answer to a lookup of a key that was never seen (404). A 404 without it says nothing. */
export const unseenAnswer = z.object({ code: z.literal('charge_not_found'), idempotencyKey })

/** The money was given back. */
export const refundAnswer = z.object({ state: z.literal('refunded'), ...concerning })

/** The money was not given back (409): an answer, though not the hoped-for one. */
export const refundRefusedAnswer = z.object({
  code: z.enum(['not_captured', 'refund_refused']),
  idempotencyKey,
  detail,
})

/** A page of `GET /ledger`; `nextCursor` asks for the next one. */
export const ledgerPage = z.object({
  entries: z.array(
    z.object({
      state: z.enum(['captured', 'declined', 'voided', 'pending']),
      ...concerning,
      captures: z.int().nonnegative(),
      refunds: z.int().nonnegative(),
      capturesAt: time.nullable(),
      at: time,
    }),
  ),
  nextCursor: z.string().nullable(),
})

/** A charge as it stands. */
export type ChargeAnswer = z.infer<typeof chargeAnswer>
