/** What one check came to: whether it holds, and what was seen. */
export type Checked = Readonly<{ name: string; holds: boolean; saw: string }>

/** How often each came, for people: `200 ×8, 502 ×2`. */
export const tally = (all: readonly (string | number)[]): string => {
  const counts = new Map<string | number, number>()
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].map(([each, count]) => `${each} ×${count}`).join(', ') || 'nothing'
}

/** Runs one after the other what is to be done so many times. */
export const times = async <T>(
  count: number,
  run: (number: number) => Promise<T>,
): Promise<T[]> => {
  const results: T[] = []
  for (let number = 0; number < count; number += 1) results.push(await run(number))
  return results
}
