/** The gateway is not the one that the database is bound to, or nothing shows that it is. `message` names them. */
export class WrongGateway extends Error {
  override readonly name = 'WrongGateway'

  constructor(detail: string) {
    super(`${detail} ${WHAT_TO_DO}`)
  }
}

const WHAT_TO_DO =
  'Check GATEWAY_URL and FAKE_LEDGER. To bind the database to this gateway on purpose, see what that means: holdfast db bind-gateway.'
