/**
 * How often the reconciler has asked about a payment without finding an end: what tells those who run the service whether
 * an overdue one is being looked after. Those of before begin at 0.
 */
export const paymentChecks = {
  name: '0008-payment-checks',
  statements: (): readonly string[] => [
    'alter table payments add column checks integer not null default 0',
  ],
  optional: (): readonly string[] => [],
}
