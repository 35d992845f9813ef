import test from 'ava'
import type { z } from 'zod'
import type { anyProblem } from '../src/problem-schemas.ts'
import type { product as productSchema } from '../src/product-schemas.ts'
import type * as schemas from '../src/response-schemas.ts'
import type { Body, orderBody, paymentBody, productBody } from '../src/responses.ts'
import type { problemBody } from '../src/send-problem.ts'

/** True where the two types are the same in every field, and otherwise a type that nothing has. */
type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : never

type Plain<T> = T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> } : T

type Made<Make extends (...args: never[]) => unknown, Schema extends z.ZodType> = Same<
  ReturnType<Make>,
  Body<Schema>
>

// What is wrong here does not compile.
const order: Made<typeof orderBody, typeof schemas.order> = true
const payment: Made<typeof paymentBody, typeof schemas.payment> = true
const product: Made<typeof productBody, typeof productSchema> = true
const problem: Same<
  Required<ReturnType<typeof problemBody>>,
  Required<Body<typeof anyProblem>>
> = true
// @ts-expect-error: a field too many is noticed.
const tooMany: Same<{ id: string; more?: number }, { id: string }> = true
// @ts-expect-error: and one that is missing, deep inside.
const missing: Same<{ items: readonly { id: string }[] }, { items: { id: string; n: 1 }[] }> = true

test('What answers are made of is what their schemas say, field by field; the compiler compares.', (t) => {
  t.deepEqual([order, payment, product, problem, tooMany, missing], Array(6).fill(true))
})
