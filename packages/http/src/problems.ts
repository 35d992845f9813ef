import type { DomainError } from '@holdfast/domain'
import { domainProblems } from './domain-problems.ts'
import { type HttpProblemCode, httpProblems } from './http-problems.ts'
import type { ProblemKind } from './problem-kind.ts'

/** Every problem that the service can answer with. */
export type ProblemCode = DomainError['code'] | HttpProblemCode

/** The catalogue: what each problem means, and what to do about it. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  ...httpProblems,
  ...domainProblems,
}
