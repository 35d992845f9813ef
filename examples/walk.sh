# What the walks share. POSIX sh and curl; each walk takes the service's URL, and ends with 1 where it meets something else
# than it says.
set -eu
URL=${1:-http://127.0.0.1:3000}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

say() { printf '\n%s\n' "$*"; }

# ask STATUS USER METHOD PATH [curl's options…]: sends a request and insists on the status of its answer, a shell pattern.
ask() {
  expected=$1 user=$2 method=$3 path=$4
  shift 4
  status=$(curl -sS -o "$answer" -w '%{http_code}' -X "$method" "$URL$path" \
    -H "X-User-Id: $user" -H 'Content-Type: application/json' "$@")
  printf '  %s %s  %s %s\n' "$method" "$path" "$status" "$(field code)"
  case $status in $expected) ;; *) fail "expected $expected: $(cat "$answer")" ;; esac
}

# field NAME: the first text of that name in the last answer. An answer begins with the id of what it is about.
field() { grep -o "\"$1\":\"[^\"]*\"" "$answer" | head -n 1 | cut -d '"' -f 4; }

# is NAME VALUE: insists on a field of the last answer.
is() {
  [ "$(field "$1")" = "$2" ] || fail "expected $1 to be $2: $(cat "$answer")"
  printf '    %s is %s\n' "$1" "$2"
}

fail() {
  printf 'This is not how it should be: %s\n' "$*" >&2
  exit 1
}

# sell SKU QUANTITY: an admin puts a product on sale; $product is its id.
sell() {
  ask 201 admin POST /product -H 'X-User-Role: admin' \
    -d "{\"sku\":\"$1-$$-$(date +%s)\",\"name\":\"$1\",\"price\":{\"amountMinor\":1299,\"currency\":\"EUR\"},\"quantity\":$2}"
  product=$(field id)
}

# order QUANTITY: ann orders so many of the product; $order is the order's id.
order() {
  ask 201 ann POST /order -d "{\"lines\":[{\"productId\":\"$product\",\"quantity\":$1}]}"
  order=$(field id)
}
