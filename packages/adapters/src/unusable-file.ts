import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file that the configuration names cannot be used, and nothing will change that by itself. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}

/** Neither the folder nor the file can be had, or it is something else. One that is busy or full may be had later. */
const HOPELESS =
  /^(EEXIST|ENOTDIR|ENOENT|EACCES|EPERM|EROFS|SQLITE_(CANTOPEN|NOTADB|CORRUPT|READONLY|IOERR_GETTEMPPATH)\w*)$/

/** Opens the file that a variable names, or says which variable names one that cannot be used. */
export const openNamed = <T>(variable: string, file: string, open: () => T): T => {
  try {
    return open()
  } catch (error) {
    throw unusable(variable, file, error) ?? error
  }
}

/** What to say of a failure if nothing but another configuration can mend it; undefined if it may pass. */
export const unusable = (
  variable: string,
  file: string,
  error: unknown,
): UnusableFile | undefined => {
  if (!(error instanceof Error && 'code' in error && HOPELESS.test(String(error.code)))) return
  const text = `${variable} names ${file}, which cannot be used: ${error.message}.`
  return new UnusableFile(text, { cause: error })
}

/** Whoever cannot write to a file that is there, nor make others beside it, would find out at the first order. */
export const checkWritable = (variable: string, file: string): void =>
  openNamed(variable, file, () => {
    const path = existsSync(file) ? realpathSync(file) : file
    if (existsSync(path)) accessSync(path, constants.W_OK)
    if (existsSync(dirname(path)) && !existsSync(`${path}-wal`)) {
      accessSync(dirname(path), constants.W_OK)
    }
  })
