/** One message of PostgreSQL's protocol: its type (empty for the first of a connection) and all of its bytes. */
export type Frame = Readonly<{ type: string; bytes: Buffer }>

/** Cuts a stream into messages; what is not complete yet waits for the rest. */
export const createFramer = (startsWithStartup: boolean): ((chunk: Buffer) => Frame[]) => {
  let rest: Buffer = Buffer.alloc(0)
  let startup = startsWithStartup
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    for (;;) {
      const head = startup ? 0 : 1
      if (rest.length < head + 4) return frames
      const size = head + rest.readUInt32BE(head)
      if (rest.length < size) return frames
      const type = startup ? '' : String.fromCharCode(rest[0] ?? 0)
      frames.push({ type, bytes: rest.subarray(0, size) })
      rest = rest.subarray(size)
      startup = false
    }
  }
}

/** Tells which of a client's messages is the Bind of a prepared COMMIT, with which its execution begins. */
export const createCommitFinder = (): ((frame: Frame) => boolean) => {
  const names = new Set<string>()
  return ({ type, bytes }) => {
    const [first = '', second = ''] = bytes.toString('latin1', 5).split('\0')
    if (type === 'P' && second.toLowerCase() === 'commit') names.add(first)
    return type === 'B' && names.has(second)
  }
}

/** Whether a server's message says that a COMMIT was carried out. */
export const isCommitted = ({ type, bytes }: Frame): boolean =>
  type === 'C' && bytes.toString('latin1', 5) === 'COMMIT\0'
