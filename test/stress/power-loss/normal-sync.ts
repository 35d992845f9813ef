import { createRequire } from 'node:module'

/**
 * The control: loaded before a server (`node --import`), it makes SQLite open with `synchronous=NORMAL`, whatever the
 * server asks for, and makes it believe that it got FULL. Only from outside, so that the service has no such option.
 */
const adapters = new URL('../../../packages/adapters/package.json', import.meta.url)
const Database = createRequire(adapters)('better-sqlite3')
const pragma = Database.prototype.pragma
Database.prototype.pragma = function (this: unknown, source: string, options: unknown) {
  const isSync = /^synchronous\b/.test(source)
  const answer = pragma.call(this, isSync ? 'synchronous = normal' : source, options)
  return isSync ? 2 : answer
}
