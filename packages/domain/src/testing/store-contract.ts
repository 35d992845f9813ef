import type { Store } from '../ports/store.ts'
import type { ContractCase } from './contract.ts'
import { storeBindingContract } from './store-contract-binding.ts'
import { storeConstraintsContract } from './store-contract-constraints.ts'
import { storeDuplicatesContract } from './store-contract-duplicates.ts'
import { storeListsContract } from './store-contract-lists.ts'
import { storeNotificationsContract } from './store-contract-notifications.ts'
import { storeOutcomesContract } from './store-contract-outcomes.ts'
import { storeReferencesContract } from './store-contract-references.ts'
import { storeRefundsContract } from './store-contract-refunds.ts'
import { storeSummaryContract } from './store-contract-summary.ts'
import { storeTransactionsContract } from './store-contract-transactions.ts'
import { storeUnpaidContract } from './store-contract-unpaid.ts'
import { storeWorkContract } from './store-contract-work.ts'

/** What every Store must do, in a store that is empty at the start of each case. */
export const storeContract: readonly ContractCase<Store>[] = [
  ...storeTransactionsContract,
  ...storeConstraintsContract,
  ...storeDuplicatesContract,
  ...storeListsContract,
  ...storeWorkContract,
  ...storeOutcomesContract,
  ...storeNotificationsContract,
  ...storeReferencesContract,
  ...storeUnpaidContract,
  ...storeRefundsContract,
  ...storeSummaryContract,
  ...storeBindingContract,
]
