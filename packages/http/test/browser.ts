import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium as launcher } from 'playwright-core'

/**
 * A real Chromium from the npm registry, with the libraries that small machines lack. It runs without its sandbox, which
 * root may not have; it only ever sees our own pages.
 */
export const openBrowser = async (): Promise<Browser> => {
  const packed = fileURLToPath(
    new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')),
  )
  const [executablePath] = await Promise.all([chromium.executablePath(), inflate(packed)])
  return launcher.launch({
    executablePath,
    args: ['--no-sandbox', '--headless=shell'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(tmpdir(), 'al2023', 'lib'),
      FONTCONFIG_PATH: join(tmpdir(), 'fonts'),
    },
  })
}
