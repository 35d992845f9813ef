export type { ContractCase } from './contract.ts'
export { createMemoryStore } from './memory-store.ts'
export { type GatewayUnderTest, paymentGatewayContract } from './payment-gateway-contract.ts'
export { storeContract } from './store-contract.ts'
