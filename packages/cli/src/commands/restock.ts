import { createHash, randomUUID } from 'node:crypto'
import { RefusedByServer } from '@holdfast/adapters'
import { StoreUnavailable } from '@holdfast/domain'
import { Command } from 'commander'
import { idempotencyKey, productRef, wholeNumber } from '../arguments.ts'
import { type OutputOptions, tell } from '../output.ts'
import { cli, orRefuse, withUseCases } from '../session.ts'
import { printProduct } from './print-product.ts'

type Options = OutputOptions & { key?: string }

/**
 * `holdfast product restock`. Goods that are added twice are worse than none, so it always has an idempotency key: when the
 * database falls silent, it is told, and a repeat with it adds nothing to what was added.
 */
export const restockCommand = (): Command =>
  new Command('restock')
    .description('add to what is on hand, or take away with a negative number')
    .argument('<product>', 'its id or sku')
    .argument('<delta>', 'how many more, such as 10; after -- also -3', wholeNumber)
    .option(
      '--key <key>',
      'that of an earlier try: what it added is not added again',
      idempotencyKey,
    )
    .option('--json', 'JSON instead of a table')
    .action((ref: string, delta: number, { key = randomUUID(), ...options }: Options) =>
      withUseCases('write', async ({ getProduct, updateProduct }) => {
        const { id: productId } = orRefuse(await getProduct(productRef(ref)))
        const idempotency = {
          key,
          fingerprint: fingerprintOf(productId, delta),
          onReplay: () => tell('This was done before, and nothing is added.'),
        }
        const request = { by: cli, productId, quantityDelta: delta, idempotency }
        try {
          printProduct(orRefuse(await updateProduct(request)), options)
        } catch (error) {
          if (error instanceof StoreUnavailable && !(error instanceof RefusedByServer))
            tell(hint(ref, delta, key))
          throw error
        }
      }),
    )

const fingerprintOf = (productId: string, delta: number): string =>
  createHash('sha256')
    .update(JSON.stringify(['product restock', productId, delta]))
    .digest('hex')

const hint = (ref: string, delta: number, key: string): string =>
  `It may have been done all the same. This adds nothing twice:
  holdfast product restock --key ${key} -- ${ref} ${delta}`
