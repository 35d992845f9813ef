import { DatabaseSync } from 'node:sqlite'

/** Holds the write lock of a SQLite file: `node hold-lock.ts FILE MS`. */
const [, , file = '', ms = '3000'] = process.argv
const database = new DatabaseSync(file)
database.exec('pragma busy_timeout = 10000')
database.exec('begin immediate')
setTimeout(() => {
  database.exec('commit')
  database.close()
}, Number(ms))
