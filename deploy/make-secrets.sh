#!/bin/sh
# Makes secrets.env for docker-compose.yml, once: the key that signs tokens and the password of the database.
set -eu
cd "$(dirname "$0")/.."
if [ -e secrets.env ]; then
  echo 'secrets.env is there already; it stays as it is.' >&2
  exit 1
fi
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
password=$(random)
umask 077
cat > secrets.env <<EOF
JWT_SECRET=$(random)
POSTGRES_PASSWORD=$password
DATABASE_URL=postgres://holdfast:$password@postgres:5432/holdfast
EOF
echo 'Made secrets.env. Keep it: the database is locked with it.' >&2
