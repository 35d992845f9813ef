/** Runs one call of a method, whose name is given, and returns what it returns. */
export type Around = <Result>(method: string, call: () => Result) => Result

/** The same object, each of whose methods is called inside `around`. It makes no difference to who calls. */
export const aroundMethods = <T extends object>(subject: T, around: Around): T =>
  new Proxy(subject, {
    get: (target, name, receiver) => {
      const member: unknown = Reflect.get(target, name, receiver)
      if (typeof member !== 'function' || typeof name !== 'string') return member
      return (...args: unknown[]) => around(name, () => Reflect.apply(member, target, args))
    },
  })

/** Whether a call goes on after it has returned. */
export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
