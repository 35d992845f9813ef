import { join } from 'node:path'
import { temporaryFolder } from '../../databases.ts'
import { type ServerProcess, serverOn } from '../servers.ts'
import { type GatewayLink, openGatewayLink } from './gateway-link.ts'

/** How a gateway is out of reach. */
export const OUTAGES = ['refused', 'silent', 'cut', 'killed'] as const

/** One of them; where answers are `cut`, after a share of their bytes. */
export type Outage = Readonly<{ kind: (typeof OUTAGES)[number]; share: number }>

/** The fake gateway as a process of its own, behind a link. */
export type TroubledGateway = Readonly<{
  url: string
  ledgerFile: string
  process: ServerProcess
  link: GatewayLink
  /** Begins an outage. */
  fail: (outage: Outage) => Promise<void>
  /** Ends any outage: on the same port, and on the same ledger. */
  comeBack: () => Promise<void>
  close: () => Promise<void>
}>

/** Starts one with a ledger of its own. `fake_slow` is done within half a second, so that rounds are short. */
export const openTroubledGateway = async (): Promise<TroubledGateway> => {
  const folder = temporaryFolder()
  const ledgerFile = join(folder.it, 'ledger.db')
  const args = (port: string) => ['gateway', 'serve', '--port', port, '--slow-capture', '500ms']
  const process = await serverOn({ FAKE_LEDGER: ledgerFile }, { args })
  await process.start()
  const link = await openGatewayLink(Number(new URL(process.url).port))
  const begin: Readonly<Record<Outage['kind'], (share: number) => void | Promise<void>>> = {
    refused: link.refuse,
    silent: link.swallow,
    cut: link.cut,
    killed: process.kill,
  }
  let isKilled = false
  return {
    ...{ url: link.url, ledgerFile, process, link },
    fail: async ({ kind, share }) => {
      isKilled = kind === 'killed'
      await begin[kind](share)
    },
    comeBack: async () => {
      if (isKilled) await process.start()
      isKilled = false
      await link.pass()
    },
    close: async () => {
      await link.close()
      await process.kill()
      await folder.remove()
    },
  }
}
