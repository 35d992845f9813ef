import type { Clock } from '@holdfast/domain'

/** A clock at work. `aheadMs` is how far this machine's own clock is ahead of it. */
export type RunningClock = Clock & Readonly<{ aheadMs: () => number; stop: () => void }>

/** Hears that this machine's clock differs from the database's by so much, each time that it begins to. */
export type ClockWatch = Readonly<{ clockDiffers?: (aheadMs: number) => void }>

/** Machines whose clocks are kept right differ by much less; deadlines and tokens bear it for a while. */
const TOLERABLE_MS = 2000

/** Often enough that nothing drifts by a millisecond, and that a machine that was asleep is put right soon. */
const ASK_EVERY_MS = 60_000

/** Not more often than this, however this machine's clock jumps about. */
const ASK_AGAIN_AFTER_MS = 1000

/** What a database's clock is made of; tests replace the machine. Times are ms since 1970, `ticks` are ms that never jump. */
export type DatabaseClockParts = ClockWatch &
  Readonly<{
    /** The database's time. */
    ask: () => Promise<number>
    machineNow: () => number
    ticks?: () => number
  }>

/**
 * The time of the database, which all servers on it share: one whose own clock is minutes fast would otherwise fence the
 * payments of all others. Asked for at the start, which fails where that fails, and once a minute; in between the machine's
 * ticks carry it on. While the database is away they go on doing so. Safety rests on no clock; this is for promptness.
 */
export const startDatabaseClock = async (parts: DatabaseClockParts): Promise<RunningClock> => {
  const { ask, machineNow, clockDiffers, ticks = () => performance.now() } = parts
  let known: Measured | undefined
  let asking = false
  let askedAt = 0
  let differs = false

  const timeAt = ({ at, ticked }: Measured) => at + ticks() - ticked
  const measure = async () => {
    askedAt = ticks()
    const answer = await ask()
    const ticked = ticks()
    const withinMs = (ticked - askedAt) / 2
    const measured = { at: answer + withinMs, ticked, jumpsFrom: machineNow() - ticked }
    // A slow answer says little: what agrees with it is kept, so that time does not waver.
    const isKept = known && Math.abs(timeAt(known) - timeAt(measured)) <= withinMs + 1
    known = { ...(isKept && known ? known : measured), jumpsFrom: measured.jumpsFrom }
    const aheadMs = machineNow() - timeAt(known)
    const isApart = Math.abs(aheadMs) > TOLERABLE_MS
    if (isApart && !differs) clockDiffers?.(Math.round(aheadMs))
    differs = isApart
  }
  const askAgain = () => {
    if (asking) return
    asking = true
    measure()
      .catch(() => undefined) // The database is away: the ticks carry on.
      .finally(() => {
        asking = false
      })
  }

  await measure()
  const timer = setInterval(askAgain, ASK_EVERY_MS).unref()
  const now = () => {
    if (!known) throw new Error('The clock was read before it was set.')
    // The ticks stand still while a machine sleeps, its clock does not: so a jump of that one is a reason to ask.
    const hasJumped = Math.abs(machineNow() - ticks() - known.jumpsFrom) > TOLERABLE_MS
    if (hasJumped && ticks() - askedAt >= ASK_AGAIN_AFTER_MS) askAgain()
    return Math.round(timeAt(known))
  }
  return { now, aheadMs: () => machineNow() - now(), stop: () => clearInterval(timer) }
}

/** The database's time at a tick, and the difference of the machine's clock and its ticks when it was last asked for. */
type Measured = Readonly<{ at: number; ticked: number; jumpsFrom: number }>
