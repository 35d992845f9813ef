/** A text of a source file that is replaced by another one. It must be there just once. */
type Patch = Readonly<{ file: string; find: string; put: string }>

/** A small breakage of the domain, as a hurried change might bring it; files are those of packages/domain/src. */
export type PlantedBug = Readonly<{ name: string; patches: readonly Patch[] }>

/** A store without its last line of defence, so that the bug itself is seen and not the constraint that stops it. */
export const noStockConstraint: Patch = {
  file: 'testing/memory-constraints.ts',
  find: "  refuse(reserved < 0 || reserved > quantity, 'stock is never oversold')\n",
  put: '',
}
