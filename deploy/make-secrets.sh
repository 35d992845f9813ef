#!/bin/sh
# Makes the secrets for docker-compose.yml, each file once. secrets.env has the key that signs tokens and the password of
# the database; gateway.env has the secret that the service and the gateway share, and nothing else.
set -eu
cd "$(dirname "$0")/.."
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077

made=
if [ ! -e secrets.env ]; then
  password=$(random)
  cat > secrets.env <<EOF
JWT_SECRET=$(random)
POSTGRES_PASSWORD=$password
DATABASE_URL=postgres://holdfast:$password@postgres:5432/holdfast
EOF
  made=1
  echo 'Made secrets.env. Keep it: the database is locked with it.' >&2
fi
if [ ! -e gateway.env ]; then
  cat > gateway.env <<EOF
GATEWAY_SECRET=$(random)
EOF
  made=1
  echo 'Made gateway.env.' >&2
fi
if [ -z "$made" ]; then
  echo 'secrets.env and gateway.env are there already; they stay as they are.' >&2
  exit 1
fi
