/** Is told each time that a crash point is reached. */
export type Reached = (point: string) => void
