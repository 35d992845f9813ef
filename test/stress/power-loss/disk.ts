import { dirname } from 'node:path'
import type { DiskEvent } from './trace.ts'

/** Says of one unsynced change after the other whether it reached the disk before the power went. */
type Survives = () => boolean

/** A disk under a process: what was synced is on it, of everything later nobody knows. */
export type Disk = Readonly<{
  apply: (event: DiskEvent) => void
  /** How many changes below a folder are not synced. */
  unsynced: (folder: string) => number
  /**
   * The files that are there after the power went now, below a folder. Each unsynced change is asked for by itself, whichever
   * file it is of; with `sectorBytes` a write is torn into sectors that survive each by themselves.
   */
  afterPowerLoss: (
    folder: string,
    survives: Survives,
    sectorBytes?: number,
  ) => ReadonlyMap<string, Buffer>
}>

type Change = Extract<DiskEvent, { kind: 'write' | 'truncate' }>

/** A file's contents, apart from its name. */
type File = { synced: Buffer; unsynced: Change[] }

/** A change of a folder: the name leads to this file, or to none. */
type Naming = Readonly<{ path: string; file: File | undefined }>

/** An empty disk. A name is as durable as the last sync of its folder, whatever happens to the file. */
export const emptyDisk = (): Disk => {
  const names = new Map<string, File>()
  const syncedNames = new Map<string, File>()
  let namings: Naming[] = []
  const rename = (path: string, file: File | undefined) => {
    setName(names, { path, file })
    namings.push({ path, file })
  }
  const sync = (path: string) => {
    const file = names.get(path)
    if (file) {
      file.synced = changed(file.synced, file.unsynced)
      file.unsynced = []
      return
    }
    for (const naming of namings) if (dirname(naming.path) === path) setName(syncedNames, naming)
    namings = namings.filter((naming) => dirname(naming.path) !== path)
  }
  return {
    apply: (event) => {
      const { path } = event
      if (event.kind === 'sync') sync(path)
      else if (event.kind === 'unlink') rename(path, undefined)
      else if (event.kind !== 'create') names.get(path)?.unsynced.push(event)
      else if (!names.has(path)) rename(path, { synced: Buffer.alloc(0), unsynced: [] })
    },
    unsynced: (folder) => {
      const files = [...names].filter(([path]) => path.startsWith(folder))
      const named = namings.filter(({ path }) => path.startsWith(folder)).length
      return files.reduce((sum, [, file]) => sum + file.unsynced.length, named)
    },
    afterPowerLoss: (folder, survives, sectorBytes) => {
      const left = new Map(syncedNames)
      for (const naming of namings) if (survives()) setName(left, naming)
      const below = [...left].filter(([path]) => path.startsWith(folder))
      return new Map(
        below.map(([path, { synced, unsynced }]) => {
          const pieces = sectorBytes
            ? unsynced.flatMap((each) => torn(each, sectorBytes))
            : unsynced
          return [path, changed(synced, pieces.filter(survives))]
        }),
      )
    },
  }
}

const setName = (names: Map<string, File>, { path, file }: Naming): void => {
  if (file) names.set(path, file)
  else names.delete(path)
}

/** The contents after some changes; what lies between the old end and a write is zero. */
const changed = (contents: Buffer, changes: readonly Change[]): Buffer => {
  const ends = changes.map((each) =>
    each.kind === 'write' ? each.offset + each.bytes.length : each.length,
  )
  const after = Buffer.alloc(Math.max(contents.length, ...ends))
  contents.copy(after)
  let length = contents.length
  for (const change of changes) {
    if (change.kind === 'write') {
      change.bytes.copy(after, change.offset)
      length = Math.max(length, change.offset + change.bytes.length)
    } else {
      after.fill(0, change.length)
      length = change.length
    }
  }
  return after.subarray(0, length)
}

/** A write in pieces that end where sectors end. */
const torn = (change: Change, sectorBytes: number): Change[] => {
  if (change.kind === 'truncate') return [change]
  const pieces: Change[] = []
  for (let from = 0; from < change.bytes.length; ) {
    const offset = change.offset + from
    const length = sectorBytes - (offset % sectorBytes)
    pieces.push({ ...change, offset, bytes: change.bytes.subarray(from, from + length) })
    from += length
  }
  return pieces
}
