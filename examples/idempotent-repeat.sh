#!/bin/sh
# A request that is repeated because its answer did not arrive: sh examples/idempotent-repeat.sh [URL]
. "$(dirname "$0")/walk.sh"
key=order-$$-$(date +%s)

say 'Ann orders with an idempotency key.'
sell LAMP 5
body="{\"lines\":[{\"productId\":\"$product\",\"quantity\":1}]}"
ask 201 ann POST /order -H "Idempotency-Key: $key" -d "$body"
order=$(field id)
first=$(cat "$answer")

say 'The answer got lost, she thinks, and sends the same request again: the same answer, byte for byte, and still one order.'
ask 201 ann POST /order -H "Idempotency-Key: $key" -d "$body"
[ "$(cat "$answer")" = "$first" ] || fail 'the second answer is another one'
is id "$order"

say 'The key belongs to that request. Another one with it is refused.'
ask 422 ann POST /order -H "Idempotency-Key: $key" -d "{\"lines\":[{\"productId\":\"$product\",\"quantity\":2}]}"
is code idempotency_key_reused

say 'A payment repeated with its key charges once.'
pay="{\"orderId\":\"$order\"}"
ask 201 ann POST /payment -H "Idempotency-Key: pay-$key" -d "$pay"
payment=$(field id)
ask 201 ann POST /payment -H "Idempotency-Key: pay-$key" -d "$pay"
is id "$payment"
