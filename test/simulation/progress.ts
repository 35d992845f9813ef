/** Shows how far something has come: on one line where people read along, else a line each tenth. */
export const progressOf = (what: string, total: number): ((done: number) => void) => {
  const { stderr } = process
  const every = Math.max(1, Math.floor(total / (stderr.isTTY ? 200 : 10)))
  return (done) => {
    if (done % every !== 0 && done !== total) return
    const line = `${what}: ${done} of ${total}`
    if (stderr.isTTY) stderr.write(`\r${line}${done === total ? '\n' : ''}`)
    else stderr.write(`${line}\n`)
  }
}
