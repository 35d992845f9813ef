/** What a gateway reported of its own accord. Nobody believes it: it only says which payment to ask about. */
export type GatewayNotification = Readonly<{
  eventId: string
  paymentId: string
  type: string
  receivedAt: number
}>
