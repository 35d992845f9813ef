import type { NewId } from '@holdfast/domain'

/** Ids as the service makes them, but counted: the first that is made is 1. */
export const countedId = (prefix: string, count: number): string =>
  `${prefix}_019bc186de0070008000${count.toString(16).padStart(12, '0')}`

/** Makes counted ids, of all kinds in one row. */
export const countIds = (): NewId => {
  let count = 0
  return (prefix) => {
    count += 1
    return countedId(prefix, count)
  }
}

/** The products of the shop: always the first to be made. */
export const mug = countedId('prod', 1)
export const teapot = countedId('prod', 2)
export const diamond = countedId('prod', 3)

/** A product that there is not. */
export const unknown = countedId('prod', 99)

/** The order that is made after the products, and the one after it. */
export const firstOrder = countedId('ord', 4)
export const secondOrder = countedId('ord', 5)

/** The payment that is made after the first order. */
export const firstPayment = countedId('pay', 5)
