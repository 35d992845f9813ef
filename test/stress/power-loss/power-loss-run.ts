import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../databases.ts'
import { type Random, randomOf } from '../random.ts'
import { type Disk, emptyDisk } from './disk.ts'
import { listener, momentsOf } from './moments.ts'
import { places, type Recording, record } from './record.ts'
import { recover } from './recover.ts'

/** How a run is to be: `states` are rebuilt from one recording. */
export type PowerLossOptions = Readonly<{
  seed: number
  requests: number
  states: number
  sync: 'full' | 'normal'
}>

/** What came of it. `losses` says for each state that is broken what is. */
export type PowerLossReport = Readonly<{
  changes: number
  syncs: number
  /** Whole answers, of whatever kind. */
  answers: number
  /** States in which something was not synced when the power went, on the machine that lost it. */
  unsyncedStates: number
  losses: readonly Readonly<{ state: string; broken: readonly string[] }>[]
  faults: readonly string[]
}>

/** A disk may write these at once or not at all. */
const SECTOR_BYTES = 512

/** What is there of the changes that were not synced when the power went. */
const FATES = [
  { name: 'none', share: 0, sectorBytes: undefined },
  { name: 'all', share: 1, sectorBytes: undefined },
  { name: 'half of the writes', share: 0.5, sectorBytes: undefined },
  { name: 'half of the sectors', share: 0.5, sectorBytes: SECTOR_BYTES },
] as const

/** Records a server, then cuts the power at many moments and starts the service on what could have been left. */
export const runPowerLoss = async (options: PowerLossOptions): Promise<PowerLossReport> => {
  const { it: folder, remove } = temporaryFolder()
  try {
    const recorded = join(folder, 'recorded')
    for (const place of [places(recorded).shop, places(recorded).gateway]) {
      mkdirSync(place, { recursive: true })
    }
    const recording = await record({ ...options, folder: recorded })
    const random = randomOf(options.seed)
    const disk = emptyDisk()
    const report = await cutAndRecover(options, recording, random, disk, folder)
    return { ...report, faults: [...recording.faults, ...differences(disk, recorded)] }
  } finally {
    await remove()
  }
}

const cutAndRecover = async (
  { states }: PowerLossOptions,
  recording: Recording,
  random: Random,
  disk: Disk,
  folder: string,
): Promise<Omit<PowerLossReport, 'faults'>> => {
  const recorded = join(folder, 'recorded')
  const { shop, gateway } = places(recorded)
  const { events, told } = recording
  const heardBefore = listener(told)
  const left = [...events]
  const losses: { state: string; broken: readonly string[] }[] = []
  let unsyncedStates = 0
  for (const [number, moment] of momentsOf(recording, shop, states, random).entries()) {
    for (const event of left.splice(0, moment - (events.length - left.length))) disk.apply(event)
    if (disk.unsynced(shop) > 0) unsyncedStates += 1
    const fate = FATES[number % FATES.length] ?? FATES[0]
    const survives = () => random.next() < fate.share
    const ofShop = disk.afterPowerLoss(shop, survives, fate.sectorBytes)
    const both = number % (2 * FATES.length) >= FATES.length // The gateway stands beside the shop, or elsewhere.
    const ofGateway = both
      ? disk.afterPowerLoss(gateway, survives, fate.sectorBytes)
      : disk.afterPowerLoss(gateway, () => true)
    const files = new Map([...ofShop, ...ofGateway])
    const journal = heardBefore(left[0]?.at ?? Number.POSITIVE_INFINITY)
    const broken = await recover(files, recorded, join(folder, 'rebuilt'), journal).catch(
      (error: unknown) => [String(error)],
    )
    const place = both ? 'both machines' : 'the shop'
    const state = `change ${moment} of ${events.length} of ${place}, of the unsynced ${fate.name}`
    if (broken.length > 0) losses.push({ state, broken })
  }
  for (const event of left) disk.apply(event)
  const syncs = events.filter(({ kind }) => kind === 'sync').length
  const answers = told.filter(({ answer }) => 'status' in answer).length
  return { changes: events.length - syncs, syncs, answers, unsyncedStates, losses }
}

/** The recording is complete if it gives the very files that the server has left. */
const differences = (disk: Disk, recorded: string): readonly string[] =>
  [...disk.afterPowerLoss(recorded, () => true)].flatMap(([path, contents]) =>
    existsSync(path) && readFileSync(path).equals(contents)
      ? []
      : [`The trace does not give ${path}.`],
  )
