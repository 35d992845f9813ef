#!/bin/sh
# The gateway takes the money, and its answer gets lost: sh examples/lost-answer.sh [URL]
. "$(dirname "$0")/walk.sh"

say 'Ann pays. The gateway captures and never answers; after GATEWAY_TIMEOUT nobody knows: 202, PENDING.'
sell CLOCK 3
order 1
ask 202 ann POST /payment -d "{\"orderId\":\"$order\",\"paymentMethod\":\"fake_ack_lost\"}"
is state PENDING
payment=$(field id)

say 'Unknown is not failed: her clock stays reserved. Asked again, the service does not charge again: it shows the same payment, with 409 if the money has been found by now.'
ask '[24]0[129]' ann POST /payment -d "{\"orderId\":\"$order\"}"
grep -q "\"id\":\"$payment\"" "$answer" || fail "$(cat "$answer")"

say 'Somebody asks the gateway what became of it, the repeated request or the reconciler, and finds the money.'
tries=0
until [ "$(field state)" = SUCCEEDED ]; do
  tries=$((tries + 1))
  [ "$tries" -le 60 ] || fail 'a minute has passed'
  sleep 1
  ask 200 ann GET "/payment/$payment"
done
ask 200 ann GET "/order/$order"
is state PAYMENT_DONE
