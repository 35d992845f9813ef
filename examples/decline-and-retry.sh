#!/bin/sh
# A card that is declined, and a second attempt: sh examples/decline-and-retry.sh [URL]
. "$(dirname "$0")/walk.sh"

say 'There is one teapot, and ann orders it.'
sell TEAPOT 1
order 1

say 'Her card is declined: 402. Nothing was charged, and the teapot is free again.'
ask 402 ann POST /payment -d "{\"orderId\":\"$order\",\"paymentMethod\":\"fake_decline\"}"
is code payment_declined
ask 200 ann GET "/product/$product"
grep -q '"available":1' "$answer" || fail "$(cat "$answer")"

say 'The order can be paid by another attempt, which reserves the teapot anew.'
ask 200 ann GET "/order/$order"
is state PAYMENT_FAILED
ask 201 ann POST /retrypayment -d "{\"orderId\":\"$order\",\"paymentMethod\":\"fake_approve\"}"
is state SUCCEEDED
ask 200 ann GET "/order/$order"
is state PAYMENT_DONE
