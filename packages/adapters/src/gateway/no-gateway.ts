import type { PaymentGateway } from '@holdfast/domain'

const refuse = (): never => {
  throw new Error('A command that opens no gateway asked it.')
}

/** For commands that have no business with the gateway: whoever asks it is a bug. */
export const noGateway: PaymentGateway = {
  isAvailable: () => false,
  identify: refuse,
  charge: refuse,
  lookup: refuse,
  void: refuse,
  refund: refuse,
}
