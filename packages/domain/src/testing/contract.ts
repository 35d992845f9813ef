/**
 * One thing that every adapter of a port must do. Cases are data, so that any test runner can loop over them:
 * `for (const { name, check } of storeContract) test(name, () => check(makeStore()))`.
 */
export type ContractCase<Subject> = Readonly<{
  name: string
  check: (subject: Subject) => Promise<void>
}>
