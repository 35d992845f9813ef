/** What the fake gateway does with a charge, and what it lets the caller hear of it. */
export type Script = Readonly<{
  effect: 'capture' | 'captureSoon' | 'captureLate' | 'decline' | 'nothing'
  answer: 'outcome' | 'never' | 'unavailable' | 'garbage'
  /** The gateway's word for why it declines. */
  declineCode?: string
  /** Captures although the key was voided, as gateways with a slow back office do. */
  ignoresVoid?: true
  /** So many refunds are refused before one is accepted. */
  refusedRefunds?: number
}>

const scripted: Readonly<Record<string, Script>> = {
  fake_approve: { effect: 'capture', answer: 'outcome' },
  fake_decline: { effect: 'decline', answer: 'outcome', declineCode: 'card_declined' },
  fake_insufficient_funds: {
    effect: 'decline',
    answer: 'outcome',
    declineCode: 'insufficient_funds',
  },
  fake_slow: { effect: 'captureSoon', answer: 'outcome' },
  fake_ack_lost: { effect: 'capture', answer: 'never' },
  fake_timeout: { effect: 'nothing', answer: 'never' },
  fake_unavailable: { effect: 'nothing', answer: 'unavailable' },
  fake_late_capture: { effect: 'captureLate', answer: 'never' },
  fake_garbage: { effect: 'nothing', answer: 'garbage' },
  fake_refund_refused: {
    effect: 'captureLate',
    answer: 'never',
    ignoresVoid: true,
    refusedRefunds: 3,
  },
}

/** A map, because an object has `constructor` and others as well, which are no payment methods. */
const scripts: ReadonlyMap<string, Script> = new Map(Object.entries(scripted))

/** The payment methods that script the fake gateway. */
export const FAKE_METHODS: readonly string[] = [...scripts.keys()]

/** The payment method that is used where a request names none. */
export const DEFAULT_FAKE_METHOD = 'fake_approve'

/** The script of a payment method. One that the fake does not know is declined, as a real gateway would. */
export const scriptFor = (paymentMethod: string): Script =>
  scripts.get(paymentMethod) ?? {
    effect: 'decline',
    answer: 'outcome',
    declineCode: 'unsupported_payment_method',
  }
