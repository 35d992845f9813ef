/** The gateway cannot be asked: it does not show its ledger, or the file of the fake one cannot be used. */
export class GatewayUnavailable extends Error {
  override readonly name = 'GatewayUnavailable'
}
