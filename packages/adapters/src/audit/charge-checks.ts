import type { LedgerEntry } from '../gateway/ledger-rows.ts'
import type { Row } from '../sql/statement.ts'
import type { Circumstances } from './circumstances.ts'
import { type Notes, timeInWords, type UnderWay } from './findings.ts'
import type { InvariantId } from './invariants.ts'
import type { AuditedOrder } from './order-checks.ts'
import type { StoredPayment } from './order-pages.ts'

/** A payment beside what the gateway says of it. The gateway was asked later, so it knows at least as much. */
type Charge = Readonly<{
  payment: StoredPayment
  entry: LedgerEntry | undefined
  /** Captures that were not given back, with those that nothing can stop any more where nothing is under way. */
  kept: number
  /** Why what the gateway keeps cannot be judged yet. */
  underWay: keyof UnderWay | undefined
}>

/** Compares an order's payments with the gateway's ledger. */
export const checkCharges = (
  order: AuditedOrder,
  ledger: ReadonlyMap<string, LedgerEntry>,
  circumstances: Circumstances,
  notes: Notes,
): void => {
  const charges = order.payments.map((payment) =>
    chargeOf(payment, ledger.get(payment.id), circumstances),
  )
  for (const { underWay, payment } of charges) {
    if (underWay) notes.leaveOut(underWay)
    if (underWay === 'pending' && payment.row['overdue'] === 1) notes.leaveOut('overdue')
  }
  const judged = charges.filter(({ underWay }) => underWay === undefined)
  const kept = judged.reduce((sum, charge) => sum + charge.kept, 0)
  const isTwice = charges.some(({ entry }) => (entry?.captures ?? 0) > 1)
  if (isTwice || kept !== Number(order.row['state'] === 'PAYMENT_DONE')) {
    const payments = charges.map((each) => `${each.payment.id} ${inDetail(each)}`)
    const found = [String(order.row['state']), ...payments].join('; ')
    notes.breaks('G1', [{ row: order.id, found }])
  }
  const check = (id: InvariantId, some: readonly Charge[], holds: (charge: Charge) => boolean) =>
    notes.breaks(
      id,
      some
        .filter((charge) => !holds(charge))
        .map((charge) => ({ row: charge.payment.id, found: inDetail(charge) })),
    )
  check('G2', judged, (charge) => charge.kept <= 0 || charge.payment.row['state'] === 'SUCCEEDED')
  check('G3', charges, (charge) => isRefundedRightly(charge, circumstances))
  check('G4', charges, isCapturedIfSucceeded)
}

const chargeOf = (
  payment: StoredPayment,
  entry: LedgerEntry | undefined,
  circumstances: Circumstances,
): Charge => {
  const kept = (entry?.captures ?? 0) - (entry?.refunds ?? 0)
  return circumstances.quiet
    ? { payment, entry, kept: kept + Number(isDue(entry)), underWay: undefined }
    : { payment, entry, kept, underWay: underWayOf(payment, entry, kept, circumstances) }
}

const isDue = (entry: LedgerEntry | undefined): boolean =>
  entry !== undefined && entry.capturesAt !== null && entry.captures === 0

const underWayOf = (
  { row, refunds }: StoredPayment,
  entry: LedgerEntry | undefined,
  kept: number,
  { now, lateMs }: Circumstances,
): keyof UnderWay | undefined => {
  if (row['state'] === 'PENDING') return 'pending'
  if (row['state'] !== 'FAILED') return undefined
  if (refunds.some((refund) => refund['state'] === 'OWED')) return 'owed'
  if (isDue(entry)) return 'due'
  // A capture that comes after the failure is found by the watch, or through a notification that is on its way.
  const willBeNoticed = row['next_check_at'] !== null || Number(entry?.at) > now - lateMs
  return kept > 0 && refunds.length === 0 && willBeNoticed ? 'unnoticed' : undefined
}

/** A refund is written down once a capture is known, and before it is asked for; it is confirmed after it was made. */
const isRefundedRightly = (
  { payment: { refunds }, entry }: Charge,
  { quiet }: Circumstances,
): boolean => {
  const { captures = 0, refunds: given = 0, amount = null } = entry ?? {}
  const isMeant = (refund: Row) =>
    captures > 0 &&
    amount?.amountMinor === refund['amount_minor'] &&
    amount?.currency === refund['currency'] &&
    (refund['state'] === 'OWED' || given > 0)
  const isOurs = !quiet || given === 0 || refunds.length > 0
  return given <= captures && refunds.every(isMeant) && isOurs
}

const isCapturedIfSucceeded = ({ payment: { row }, entry }: Charge): boolean =>
  row['state'] !== 'SUCCEEDED' ||
  ((entry?.captures ?? 0) > 0 &&
    entry?.amount?.amountMinor === row['amount_minor'] &&
    entry?.amount?.currency === row['currency'])

const inDetail = ({ payment: { row, refunds }, entry }: Charge): string =>
  [
    `${row['state']} ${row['amount_minor']} ${row['currency']}`,
    ...(row['next_check_at'] === null
      ? []
      : [`next check at ${timeInWords(row['next_check_at'])}`]),
    ...refunds.map((each) => `refund ${each['state']} ${each['amount_minor']} ${each['currency']}`),
    entry ? testimony(entry) : 'unknown to the gateway',
  ].join(', ')

const testimony = ({ state, amount, captures, refunds, capturesAt }: LedgerEntry): string =>
  [
    `at the gateway ${state} ${amount ? `${amount.amountMinor} ${amount.currency}` : 'without an amount'}`,
    `captures ${captures}`,
    `refunds ${refunds}`,
    ...(capturesAt === null ? [] : [`to be captured at ${timeInWords(capturesAt)}`]),
  ].join(', ')
