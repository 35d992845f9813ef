#!/bin/sh
# A first order, from the product to the paid order: sh examples/first-order.sh [URL]
. "$(dirname "$0")/walk.sh"

say 'An admin puts ten mugs on sale.'
sell MUG 10

say 'Ann orders two. They are hers from now on: eight are left for others.'
order 2
is state CREATED
ask 200 ann GET "/product/$product"
grep -q '"available":8' "$answer" || fail "$(cat "$answer")"

say 'She pays, and says what she expects to pay.'
ask 201 ann POST /payment -d "{\"orderId\":\"$order\",\"expectedTotal\":{\"amountMinor\":2598,\"currency\":\"EUR\"}}"
is state SUCCEEDED

say 'The order is paid. Paying again is refused, and shows the payment that took the money.'
ask 200 ann GET "/order/$order"
is state PAYMENT_DONE
ask 409 ann POST /payment -d "{\"orderId\":\"$order\"}"
is code order_already_paid

say 'To anybody else her order does not exist.'
ask 404 bob GET "/order/$order"
