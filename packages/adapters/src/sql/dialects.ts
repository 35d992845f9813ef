import { APPLICATION_IDS } from './sqlite-identity.ts'

/** Where the databases differ in their SQL, by name. */
export type Dialect = Readonly<{
  /** A whole number of 64 bits. */
  integer: string
  /** The columns of a table by its name, in their order; none where there is no such table. */
  columnsOf: string
  /** What ends a `create table`. */
  tableEnd: string
  /** What ends a `select` whose row nobody else shall change before the transaction has ended. */
  lock: string
  /** What waits until no other transaction that has asked so for this user is under way, where several can be. */
  lockOfUser?: (user: string) => string
  /** Whether the column's value is in a JSON array of strings, passed as one parameter. */
  isAmong: (column: string) => string
  /** What ends a `select` for rows to work on that other workers shall pass by. */
  skipLocked: string
  /** From here on a migration gives up a lock that it does not get soon: whoever wants the table queues up behind it. */
  waitBriefly: readonly string[]
  /** Whether processes on several machines can use one database. */
  isShared: boolean
  /** What says in a file whose it is: how to read the mark (as `mark`), what it is, and how to set it. */
  mark?: Readonly<{ read: string; value: number; set: string }>
  /** Statements that make a table refuse updates and deletes. A database that cannot do so may refuse them. */
  appendOnly: (table: string) => readonly string[]
}>

/** SQLite: strict tables, so that a column holds what it says. One writer at a time, so nothing has to be locked. */
export const sqlite: Dialect = {
  integer: 'integer',
  columnsOf: 'select name from pragma_table_info(?) order by cid',
  tableEnd: ' strict',
  lock: '',
  isAmong: (column) => `${column} in (select value from json_each(?))`,
  skipLocked: '',
  waitBriefly: [],
  isShared: false,
  mark: {
    read: 'select application_id as mark from pragma_application_id',
    value: APPLICATION_IDS.orders,
    set: `pragma application_id = ${APPLICATION_IDS.orders}`,
  },
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) =>
        `create trigger ${table}_refuses_${change} before ${change} on ${table}
         begin select raise(abort, '${table} is append-only'); end`,
    ),
}

/** PostgreSQL, and what speaks its protocol. */
export const postgres: Dialect = {
  integer: 'bigint',
  columnsOf: `select attname as name from pg_attribute
    where attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(?))
      and attnum > 0 and not attisdropped order by attnum`,
  tableEnd: '',
  // Not `for update`, which would also stop the inserts of rows that refer to this one.
  lock: ' for no key update',
  // For the transaction, not for the session: that may be somebody else's by the next statement. The number keeps these
  // locks apart from others that users have; two users that share a hash only wait for each other.
  lockOfUser: (user) =>
    `select pg_advisory_xact_lock(hashtextextended(${user}, 8041))::text as locked`,
  isAmong: (column) => `${column} in (select jsonb_array_elements_text(?::jsonb))`,
  skipLocked: ' for update skip locked',
  waitBriefly: [`set local lock_timeout = '1s'`],
  isShared: true,
  appendOnly: (table) => [
    `create function ${table}_is_append_only() returns trigger language plpgsql as
     $$ begin raise exception '${table} is append-only'; end $$`,
    `create trigger ${table}_is_append_only before update or delete on ${table}
     for each row execute function ${table}_is_append_only()`,
  ],
}
