import type { Page } from '../ports/pages.ts'

/** One page, and the id to go on after, or null at the end. */
export type Listed<T> = Readonly<{ items: readonly T[]; nextCursor: string | null }>

/** Reads one item more than asked for, to know whether there is a next page. */
export const listPage = async <T extends Readonly<{ id: string }>>(
  { limit, after }: Page,
  read: (wider: Page) => Promise<readonly T[]>,
): Promise<Listed<T>> => {
  const found = await read({ limit: limit + 1, after })
  const items = found.slice(0, limit)
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}
