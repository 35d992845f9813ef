import { openReader } from '../books.ts'
import type { Shop } from './shop.ts'

/** What became of an order: its state, the attempt that succeeded, and how often the gateway took money for it. */
export type Fate = Readonly<{
  state: string
  succeeded: number
  captures: number
  /** From the claim of the last attempt to its end, in ms; undefined while it is under way. */
  tookMs: number | undefined
}>

/** Reads what became of orders, in the database and in the gateway's ledger, by no code of the service. */
export const readFates = async ({ place, gateway }: Shop): Promise<ReadonlyMap<string, Fate>> => {
  const database = await openReader(place.databaseUrl)
  const orders = await database.rows('select id, state from orders')
  const payments = await database.rows('select * from payments order by attempt')
  await database.close()
  const ledger = await openReader(`sqlite:${gateway.ledgerFile}`)
  const captured = await ledger.rows(
    `select idempotency_key as id, count(*) as count from events where type = 'captured' group by 1`,
  )
  await ledger.close()
  const capturesOf = new Map(captured.map(({ id, count }) => [id, Number(count)]))
  const ofOrder = Map.groupBy(payments, (payment) => payment['order_id'])
  return new Map(
    orders.map(({ id, state }) => {
      const attempts = ofOrder.get(id ?? '') ?? []
      const last = attempts.at(-1)
      const isOver = last && last['state'] !== 'PENDING'
      const fate: Fate = {
        state: String(state),
        succeeded: attempts.filter((payment) => payment['state'] === 'SUCCEEDED').length,
        captures: attempts.reduce((sum, { id }) => sum + (capturesOf.get(id ?? '') ?? 0), 0),
        tookMs: isOver ? Number(last['updated_at']) - Number(last['created_at']) : undefined,
      }
      return [String(id), fate]
    }),
  )
}

/** What is wrong with orders that are to be paid, once each. */
export const faultsOf = async (shop: Shop, orderIds: readonly string[]): Promise<string[]> => {
  const fates = await readFates(shop)
  return orderIds.flatMap((orderId) => {
    const fate = fates.get(orderId)
    const isPaidOnce = fate?.state === 'PAYMENT_DONE' && fate.succeeded === 1 && fate.captures === 1
    return isPaidOnce
      ? []
      : [`${shop.manner}: ${orderId} is not paid once: ${JSON.stringify(fate)}`]
  })
}

/** What went wrong on the side of our process, or of the gateway's. */
export const complaintsOf = ({ server, gateway }: Shop): readonly string[] => [
  ...server.complaints,
  ...gateway.process.complaints,
]
