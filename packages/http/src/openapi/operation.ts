import type { z } from 'zod'
import type { ProblemCode } from '../problems.ts'
import type { HeaderName } from './headers.ts'

/** What the reference is grouped by. */
type Tag = 'Orders' | 'Payments' | 'Products' | 'Gateway' | 'Service'

/** An answer that is not a problem. Without a schema its body is text. */
export type Answer = Readonly<{
  what: string
  type?: string
  schema?: z.ZodType
  headers?: readonly HeaderName[]
}>

/** The answer to who has it already. */
export const unchanged: Answer = { what: 'It is what you have.', headers: ['ETag'] }

/** One route as the OpenAPI document describes it. What all routes of its kind have in common is not repeated here. */
export type Operation = Readonly<{
  method: 'get' | 'post' | 'put'
  /** As OpenAPI writes it: `/order/{id}`. */
  path: string
  id: string
  tag: Tag
  summary: string
  description: string
  /**
   * Who may ask: machines that watch the service, without limit; anybody; whoever is signed in; an admin; or the gateway, which
   * signs its body.
   */
  access: 'probe' | 'anybody' | 'user' | 'admin' | 'gateway'
  /** What each part in braces of the path is. */
  inPath?: Readonly<Record<string, string>>
  query?: z.ZodObject
  body?: z.ZodType
  honoursIfMatch?: true
  /** Whether `Prefer: wait` waits for the end of a payment. */
  honoursWait?: true
  answers: Readonly<Record<number, Answer>>
  /** The problems of its own. */
  problems: Problems
}>

/** Problems, each with the headers that it comes with. */
export type Problems = Readonly<Partial<Record<ProblemCode, readonly HeaderName[]>>>

/** Every refusal of a use case: a code that is left out, or one too many, does not compile. */
export type ProblemsOf<E extends Readonly<{ code: ProblemCode }>> = Readonly<
  Record<E['code'], readonly HeaderName[]>
>

/** Whether a user’s idempotency key makes the operation safe to repeat. */
export const takesKey = ({ access, body }: Pick<Operation, 'access' | 'body'>): boolean =>
  body !== undefined && (access === 'user' || access === 'admin')
