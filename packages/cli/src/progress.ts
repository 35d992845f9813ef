import { SingleBar } from 'cli-progress'

/** How far a long command is; without a `total` it only counts. */
export type Progress = Readonly<{ doing: string; done: number; total?: number }>

const BAR = '{doing} [{bar}] {percentage}% | {value} of {total} | {eta_formatted} left'
const COUNT = '{doing}: {value}'

/** Shows people on stderr how far `work` is, on a terminal only, and clears that away at the end. */
export const withProgress = async <T>(
  work: (show: (progress: Progress) => void) => Promise<T>,
): Promise<T> => {
  let bar: SingleBar | undefined
  const show = ({ doing, done, total }: Progress) => {
    if (!bar) {
      const format = total === undefined ? COUNT : BAR
      // The terminal is left as it is, so that an interrupt has nothing to put back.
      bar = new SingleBar({ format, barsize: 30, clearOnComplete: true, linewrap: true })
      bar.start(total ?? 0, done, { doing })
    }
    bar.update(done, { doing })
  }
  try {
    return await work(show)
  } finally {
    bar?.stop()
  }
}
