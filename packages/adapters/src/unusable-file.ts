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
    if (!(error instanceof Error && 'code' in error && HOPELESS.test(String(error.code))))
      throw error
    throw new UnusableFile(`${variable} names ${file}, which cannot be used: ${error.message}.`, {
      cause: error,
    })
  }
}
