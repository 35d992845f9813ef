import { createServer } from 'node:net'

/**
 * Throws where nobody can listen at an address, as listening itself would. A server asks before it makes or migrates a file:
 * one that cannot start must not leave a trace, least of all in the database of the server that has the port already.
 */
export const checkAddress = async ({
  host,
  port,
}: Readonly<{ host: string; port: number }>): Promise<void> => {
  // Whoever connects in this moment is cut off, as if nobody had listened yet.
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => server.close(() => resolve()))
  })
}
