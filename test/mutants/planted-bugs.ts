import { bindingBugs } from './binding.ts'
import { chargingBugs } from './charging.ts'
import { concludingBugs } from './concluding.ts'
import { keepingBugs } from './keeping.ts'
import { orderingBugs } from './ordering.ts'
import type { PlantedBug } from './planted-bug.ts'
import { reconcilingBugs } from './reconciling.ts'
import { refundingBugs } from './refunding.ts'

/** Every planted bug. */
export const plantedBugs: readonly PlantedBug[] = [
  ...chargingBugs,
  ...reconcilingBugs,
  ...concludingBugs,
  ...refundingBugs,
  ...orderingBugs,
  ...keepingBugs,
  ...bindingBugs,
]
