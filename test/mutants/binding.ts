import type { PlantedBug } from './planted-bug.ts'

const BELIEVE = 'use-cases/believe-gateway.ts'

/** Bugs in who is believed. */
export const bindingBugs: readonly PlantedBug[] = [
  {
    name: 'asks whatever gateway it is given',
    patches: [
      {
        file: BELIEVE,
        find: '      return isBelieved(boundTo, gatewayId)\n',
        put: '      return true\n',
      },
    ],
  },
]
