import type { Statement } from './statement.ts'

/** The sign that a process can write, in a row of its own: no other process waits for it, nor it for others. */
export const beat = (process: string, now: number): Statement => ({
  sql: `insert into heartbeats (process, at) values (?, ?)
    on conflict (process) do update set at = excluded.at`,
  params: [process, now],
})

/** Drops those of processes that have ended. */
export const deleteHeartbeats = (before: number): Statement => ({
  sql: 'delete from heartbeats where at < ?',
  params: [before],
})
