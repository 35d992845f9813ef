/** Reads a body to its end; `undefined` once it is longer than allowed, and the rest is not read. */
export const readBounded = async (
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> => {
  const read: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    read.push(chunk)
  }
  return Buffer.concat(read)
}
