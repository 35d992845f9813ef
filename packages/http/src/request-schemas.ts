import {
  CLIENT_REFERENCE_PATTERN,
  MAX_LINE_QUANTITY,
  MAX_LINES,
  MAX_METADATA_KEY_LENGTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_VALUE_LENGTH,
  MAX_REASON_LENGTH,
} from '@holdfast/domain'
import { z } from 'zod'
import { fakeMethods } from './fake-methods.ts'
import { from, isObject, money, shortText, text } from './request-parts.ts'

const lines = z
  .array(
    z
      .strictObject(
        {
          productId: shortText('must be the id of a product').meta({ description: 'The product.' }),
          quantity: from(1, MAX_LINE_QUANTITY).meta({ description: 'How many of it.' }),
        },
        { error: 'must be {"productId", "quantity"}' },
      )
      .meta({ id: 'RequestedLine', description: 'A product, and how much of it.' }),
    { error: 'must be a list of {"productId", "quantity"}' },
  )
  .meta({
    description: 'No product twice, and all in one currency.',
    override: { minItems: 1, maxItems: MAX_LINES },
  })

const metadata = z
  .record(z.string(), text, { error: 'must be an object of texts' })
  .optional()
  .meta({
    description: 'Whatever you want to find again with the order. Nobody here looks at it.',
    override: {
      maxProperties: MAX_METADATA_KEYS,
      propertyNames: { minLength: 1, maxLength: MAX_METADATA_KEY_LENGTH },
      additionalProperties: { type: 'string', maxLength: MAX_METADATA_VALUE_LENGTH },
    },
  })

/** The body of `POST /order`. */
export const createOrderBody = z
  .strictObject(
    {
      lines,
      allowDuplicate: z
        .boolean({ error: 'must be true or false' })
        .optional()
        .meta({ description: 'Permits a second order of a basket that is open or was just paid.' }),
      clientReference: text.optional().meta({
        description:
          'Your own number for the order. You have one order with it, for ever: another one is refused (`duplicate_order`), whatever `allowDuplicate` says.',
        override: { pattern: CLIENT_REFERENCE_PATTERN.source },
      }),
      metadata,
    },
    isObject,
  )
  .meta({ id: 'NewOrder' })

const reason = text.optional().meta({
  description: 'Why, in the customer’s words; it goes into the history.',
  override: { minLength: 1, maxLength: MAX_REASON_LENGTH },
})

/** The body of `PUT /order/{id}`. */
export const modifyOrderBody = z
  .strictObject(
    {
      lines,
      metadata: metadata.meta({
        ...metadata.meta(),
        description: 'Replaces what the order has; left out, that stays.',
      }),
      reason,
    },
    isObject,
  )
  .meta({ id: 'OrderChanges' })

/** The body of `POST /order/cancelorder/{id}`: absent, `{}` or why. */
export const cancelOrderBody = z.strictObject({ reason }, isObject).meta({ id: 'Cancellation' })

/** The body of `POST /order/retryorder/{id}`: absent, `{}` or other lines. */
export const retryOrderBody = z
  .strictObject(
    { lines: lines.optional().meta({ description: 'What to order instead.' }) },
    isObject,
  )
  .meta({ id: 'OrderRetry' })

/** The body of `POST /payment`. */
export const paymentRequestBody = z
  .strictObject(
    {
      orderId: shortText('must be the id of an order').meta({ description: 'The order to pay.' }),
      paymentMethod: z
        .string({ error: 'must be text' })
        .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, dashes or underscores')
        .optional()
        .meta({ description: `How to pay; the gateway knows what it can be. ${fakeMethods}` }),
      expectedTotal: money.optional().meta({
        description: 'What the customer was shown; any other total is refused (`total_changed`).',
      }),
    },
    isObject,
  )
  .meta({ id: 'PaymentRequest' })

/** The body of `POST /retrypayment`. */
export const retryPaymentBody = paymentRequestBody
  .extend({
    lines: lines.optional().meta({
      description:
        'What to order and pay for instead: edited, reserved and claimed in one step. `expectedTotal` is then the total of these.',
    }),
  })
  .meta({ id: 'PaymentRetry' })

/** The body of `POST /gateway/notification`. A gateway may tell more than we look at. */
export const notificationBody = z
  .object(
    {
      eventId: shortText('must be the id of the event').min(1, 'must not be empty').meta({
        description: 'The id of what happened; one that was told before changes nothing.',
      }),
      type: shortText('must be what happened to the charge').min(1, 'must not be empty').meta({
        description: 'What happened, in the gateway’s word; the gateway is asked in any case.',
      }),
      idempotencyKey: z
        .string({ error: 'must be the idempotency key of the charge' })
        .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
        .meta({ description: 'The charge that it is about: the payment’s id.' }),
    },
    isObject,
  )
  .meta({ id: 'Notification', description: 'What a gateway reports; it may say more than this.' })
