/** How a command ends; the numbers above 2 are those of sysexits.h. */
export const ExitCode = {
  done: 0,
  refused: 1,
  usage: 2,
  bug: 70,
  tryAgain: 75,
  configuration: 78,
} as const

/** Ends the command with a message on stderr. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly exitCode: number

  constructor(message: string, exitCode: number = ExitCode.refused) {
    super(message)
    this.exitCode = exitCode
  }
}
