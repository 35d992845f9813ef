import {
  MAX_AMOUNT_MINOR,
  MAX_DESCRIPTION_LENGTH,
  MAX_LINE_QUANTITY,
  MAX_LINES,
  MAX_NAME_LENGTH,
  MAX_QUANTITY_ON_HAND,
  MAX_REASON_LENGTH,
  SKU_PATTERN,
} from '@holdfast/domain'
import { z } from 'zod'
import { fakeMethods } from './fake-methods.ts'

// These schemas check shapes. The bounds of values are the domain's rules, for every way in; what a schema says of them
// under `override` is for the document alone, made of the domain's own constants, and a test tries each one out.

const isObject = { error: 'must be a JSON object' }
const wholeNumber = z
  .int({ error: 'must be a whole number, exact as a double' })
  .refine((value) => !Object.is(value, -0), { error: 'must not be -0' })
const from = (minimum: number, maximum: number) =>
  wholeNumber.meta({ override: { minimum, maximum } })
const text = z.string({ error: 'must be text' })
const shortText = (error: string) => z.string({ error }).max(64, 'must have at most 64 characters')

const money = z
  .strictObject(
    {
      amountMinor: from(0, MAX_AMOUNT_MINOR).meta({
        description: 'In minor units: cents for EUR.',
      }),
      currency: z.string({ error: 'must be an ISO 4217 code such as EUR' }).meta({
        description: 'An ISO 4217 code that has a minor unit.',
        override: { pattern: '^[A-Z]{3}$' },
      }),
    },
    { error: 'must be {"amountMinor", "currency"}' },
  )
  .meta({ id: 'RequestedMoney', description: 'An amount of money. Never a fraction.' })

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

/** The body of `POST /order`. */
export const createOrderBody = z
  .strictObject(
    {
      lines,
      allowDuplicate: z
        .boolean({ error: 'must be true or false' })
        .optional()
        .meta({ description: 'Permits a second order of a basket that is open or was just paid.' }),
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
  .strictObject({ lines, reason }, isObject)
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

const sku = text.meta({
  description: 'Its code, which no other product has.',
  override: { pattern: SKU_PATTERN.source },
})
const name = text.meta({
  description: 'What it is called.',
  override: { minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: '\\S' },
})
const description = text.meta({
  description: 'What there is to say about it.',
  override: { maxLength: MAX_DESCRIPTION_LENGTH },
})
const quantity = from(0, MAX_QUANTITY_ON_HAND).meta({ description: 'What is on hand.' })
const price = z.nonoptional(money).meta({ description: 'What one of it costs.' })

/** The body of `POST /product`. */
export const createProductBody = z
  .strictObject(
    {
      sku,
      name,
      description: description.default(''),
      price,
      quantity: quantity.default(0),
    },
    isObject,
  )
  .meta({ id: 'NewProduct' })

/** The body of `PUT /product/{id}`: what is left out stays. */
export const updateProductBody = z
  .strictObject({ sku, name, description, price, quantity }, isObject)
  .partial()
  .extend({
    quantityDelta: from(-MAX_QUANTITY_ON_HAND, MAX_QUANTITY_ON_HAND).optional().meta({
      description:
        'Changes `quantity` by so much, instead of setting it. Send an `Idempotency-Key` with it.',
    }),
  })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'must change something' })
  .meta({
    id: 'ProductChanges',
    override: {
      minProperties: 1,
      not: {
        properties: { quantity: {}, quantityDelta: {} },
        required: ['quantity', 'quantityDelta'],
      },
    },
  })

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
