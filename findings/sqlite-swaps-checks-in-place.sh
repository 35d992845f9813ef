#!/usr/bin/env bash
# What: SQLite 3.54.1 (in better-sqlite3 13.2.0) drops and adds a named CHECK, and NOT NULL, with ALTER TABLE. Whoever knows
#   SQLite from memory copies the whole table instead, as older releases need it.
# And what that leaves out: UNIQUE and FOREIGN KEY cannot be added (a syntax error), nor a named UNIQUE be dropped ("may not
#   be dropped"), although the words are the same. A CHECK that rows break already is refused with "constraint failed",
#   without the name that an INSERT would be told, and there is no NOT VALID as in PostgreSQL to leave old rows alone.
# Whom it hurts: who writes one migration for both databases: `add constraint ... check` now runs on both, the same line with
#   `unique` on PostgreSQL alone; and who looks in the log for the constraint that stopped a migration finds no name.
# What to do: ALTER TABLE for CHECK and NOT NULL, CREATE UNIQUE INDEX for uniqueness; count the rows that break a CHECK first.
# Seen with Node.js 24. Exits 0 while it is so. Needs npm and node; talks to the registry alone.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund better-sqlite3@13.2.0 >/dev/null

cat >probe.mjs <<'JS'
import Database from 'better-sqlite3'

const db = new Database(':memory:')
console.log(`SQLite ${db.prepare('select sqlite_version() as v').get().v}`)

const steps = [
  ['create table t (a integer, b text, constraint positive check (a > 0), constraint one unique (b))', 'ok'],
  ['alter table t drop constraint positive', 'ok'],
  ["insert into t values (-1, 'x')", 'ok'],
  ['alter table t add constraint positive check (a > 0)', 'constraint failed'],
  ['alter table t add constraint small check (a < 9)', 'ok'],
  ["insert into t values (9, 'y')", 'CHECK constraint failed: small'],
  ['alter table t alter column b set not null', 'ok'],
  ['alter table t add constraint two unique (a)', 'near "unique": syntax error'],
  ['alter table t add constraint up foreign key (a) references t (a)', 'near "foreign": syntax error'],
  ['alter table t drop constraint one', 'constraint may not be dropped: one'],
]
let asTold = true
for (const [sql, expected] of steps) {
  let came = 'ok'
  try {
    db.exec(sql)
  } catch (error) {
    came = error.message
  }
  console.log(`${sql}: ${came}`)
  if (came !== expected) asTold = false
}
process.exitCode = asTold ? 0 : 1
JS
node probe.mjs
# Output seen:
# SQLite 3.54.1
# create table t (a integer, b text, constraint positive check (a > 0), constraint one unique (b)): ok
# alter table t drop constraint positive: ok
# insert into t values (-1, 'x'): ok
# alter table t add constraint positive check (a > 0): constraint failed
# alter table t add constraint small check (a < 9): ok
# insert into t values (9, 'y'): CHECK constraint failed: small
# alter table t alter column b set not null: ok
# alter table t add constraint two unique (a): near "unique": syntax error
# alter table t add constraint up foreign key (a) references t (a): near "foreign": syntax error
# alter table t drop constraint one: constraint may not be dropped: one
