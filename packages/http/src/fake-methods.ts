/** What can be tried without a real gateway. */
export const fakeMethods = Object.entries({
  fake_approve: 'captures; it is taken where none is named.',
  fake_decline: 'declines with `card_declined`.',
  fake_insufficient_funds: 'declines with `insufficient_funds`.',
  fake_slow: 'says that it is pending, and captures some seconds later.',
  fake_ack_lost: 'captures, and never answers.',
  fake_timeout: 'does nothing, and never answers.',
  fake_unavailable: 'does nothing, and fails.',
  fake_garbage: 'does nothing, and answers nonsense.',
  fake_late_capture: 'never answers, and captures minutes later, unless voided before.',
  fake_refund_refused:
    'never answers, captures minutes later in spite of a void, and refuses the first three refunds.',
}).reduce((all, [method, what]) => `${all} \`${method}\` ${what}`, 'Of the fake gateway:')
