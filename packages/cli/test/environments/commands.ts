/** What a command needs of its environment, and so what it may fail for. */
export type Needs = Readonly<{
  args: readonly string[]
  /** What it does with the database: `make` it and its schema, `compare` that schema, `write` or `read`. */
  database?: 'make' | 'compare' | 'write' | 'read'
  /** What it does with the ledger of the fake gateway: `make` it, `ask` for what is in it, or `read` it. */
  ledger?: 'make' | 'own' | 'ask' | 'read'
  /** Whether it reads the variables of the gateway alone. */
  ofGateway?: true
  /** Whether it asks who the gateway is, and has nothing to write where that is known already. */
  confirms?: true
  /** Whether it listens at HOST and PORT. */
  listens?: true
}>

/** What a cell of the table may use: a product, an order and a payment that are there, and a sku that is not. */
export const NAMES = { order: 'ORDER', payment: 'PAYMENT', sku: 'NEW' }

const reads = { database: 'read' } as const
const writes = { database: 'write' } as const

/** Every command, with an example that succeeds where nothing is wrong. One without a row fails the test. */
export const commands: Readonly<Record<string, Needs>> = {
  serve: { args: [], database: 'make', ledger: 'make', listens: true },
  'product add': { args: [NAMES.sku, '--name', 'New', '--price', '1.50'], ...writes },
  'product show': { args: ['MUG'], ...reads },
  'product list': { args: [], ...reads },
  'product set': { args: ['MUG', '--name', 'Mug'], ...writes },
  'product restock': { args: ['MUG', '1'], ...writes },
  'order show': { args: [NAMES.order], ...reads },
  'order list': { args: [], ...reads },
  'payment show': { args: [NAMES.payment], ...reads },
  'payment list': { args: [], ...reads },
  'payment reconcile': { args: ['--all'], database: 'write', ledger: 'ask' },
  'refund list': { args: [], ...reads },
  audit: { args: [], database: 'read', ledger: 'read' },
  'db status': { args: [], database: 'compare' },
  'db bind-gateway': { args: [], database: 'write', ledger: 'ask', confirms: true },
  'db migrate': { args: [], database: 'make' },
  'gateway serve': { args: ['--port', '0'], ledger: 'own', ofGateway: true },
  'gateway ledger': { args: [], ledger: 'read', ofGateway: true },
  'token issue': { args: ['--user', 'ann'] },
  config: { args: [] },
}
