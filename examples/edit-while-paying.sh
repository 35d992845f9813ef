#!/bin/sh
# An order that is changed while its payment is under way: sh examples/edit-while-paying.sh [URL]
. "$(dirname "$0")/walk.sh"

say 'Ann orders one tea and pays; the gateway says nothing, and would take the money minutes later: 202, PENDING.'
sell TEA 10
order 1
ask 202 ann POST /payment -d "{\"orderId\":\"$order\",\"paymentMethod\":\"fake_late_capture\"}"
is state PENDING
payment=$(field id)

say 'She wants three after all. The attempt is burnt at the gateway first, so that it can never take money for the old order.'
ask 200 ann PUT "/order/$order" -d "{\"lines\":[{\"productId\":\"$product\",\"quantity\":3}]}"
is state PAYMENT_FAILED
ask 200 ann GET "/payment/$payment"
is state FAILED
is code superseded

say 'She pays for three.'
ask 201 ann POST /retrypayment -d "{\"orderId\":\"$order\",\"expectedTotal\":{\"amountMinor\":3897,\"currency\":\"EUR\"}}"
is state SUCCEEDED
