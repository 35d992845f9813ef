import { type Check, either, must, objectOf, text } from './request-shape.ts'

/** A customer who acts for themselves: only their own orders exist for the request, and history names them. */
export type User = Readonly<{ user: string; operator?: never; onBehalfOf?: never }>

/**
 * Somebody who looks after the shop, such as `cli`: history names the operator. With `onBehalfOf` only that user's orders
 * exist for the request, and a new one is theirs; without it, everybody's do.
 */
export type Operator = Readonly<{
  operator: string
  onBehalfOf?: string
  user?: never
}>

/**
 * Who asks. To see everybody's orders one has to say that one is an operator: a user whose name got lost on the way is
 * refused instead of being shown what belongs to others.
 */
export type Caller = User | Operator

/** A caller with a user: whoever places an order places it for somebody. */
export type Buyer = User | (Operator & Readonly<{ onBehalfOf: string }>)

/** The name that history gives to whoever asks. */
export const actorOf = (by: Caller): string => by.user ?? by.operator

/** The user whose orders exist for the request; `undefined` where everybody's do, which only an operator can ask for. */
export const userOf = (by: Caller): string | undefined => by.user ?? by.onBehalfOf

/** The user for whom an order is placed. */
export const buyerOf = (by: Buyer): string => by.user ?? by.onBehalfOf

/** Nothing else is in it: a field that nobody knows may be the user who was meant. */
const only = (fields: Readonly<Record<string, Check>>): Check => {
  const hasFields = objectOf(fields)
  const hasNoOther = must(
    (value) => Object.keys(value as object).every((name) => name in fields),
    `must have nothing but ${Object.keys(fields).join(' and ')}.`,
  )
  return (value, pointer) => {
    const faults = hasFields(value, pointer)
    return faults.length > 0 ? faults : hasNoOther(value, pointer)
  }
}

const isUser = only({ user: text() })
const isOperator = only({ operator: text() })
const isOperatorForUser = only({ operator: text(), onBehalfOf: text() })

/** Faults where the caller is neither a user nor an operator, whatever the types have promised. */
export const isCaller: Check = either(
  [isUser, isOperator, isOperatorForUser],
  'must be {"user"} or {"operator", "onBehalfOf"?}, with names of 1 to 255 characters.',
)

/** Faults where there is no user for whom an order could be placed. */
export const isBuyer: Check = either(
  [isUser, isOperatorForUser],
  'must be {"user"} or {"operator", "onBehalfOf"}, with names of 1 to 255 characters.',
)
