export { type OrderCommand, orderCommands } from './order-model-commands.ts'
export { runOrderHistory } from './order-model-history.ts'
export { type OrderWorld, type Snapshot, snapshotOf } from './order-model-world.ts'
