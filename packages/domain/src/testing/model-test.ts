export { type OrderCommand, orderCommands } from './order-model-commands.ts'
export { runOrderHistory } from './order-model-history.ts'
export type { OrderWorld } from './order-model-world.ts'
export { type Snapshot, snapshotOf } from './snapshot.ts'
