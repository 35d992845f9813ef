import type { SqlDriver } from './driver.ts'

/** The server is set up in a way that would break our promises. */
export class UnsafeServer extends Error {
  override readonly name = 'UnsafeServer'
}

/** Refuses a server that acknowledges what a power cut can take back. One that has no such setting is believed. */
export const checkServer = async (driver: Pick<SqlDriver, 'read'>): Promise<void> => {
  const [rows] = await driver.read([
    {
      sql: `select name, current_setting(name, true) as value
        from (values ('fsync'), ('synchronous_commit'), ('full_page_writes')) as settings (name)`,
      params: [],
    },
  ])
  for (const { name, value } of rows ?? []) {
    if (value === 'off') {
      throw new UnsafeServer(
        `PostgreSQL runs with ${name} = off: a power cut would take acknowledged orders. Set it to on.`,
      )
    }
  }
}
