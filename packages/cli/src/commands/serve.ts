import { existsSync } from 'node:fs'
import { normalize } from 'node:path'
import { type AuthConfiguration, type Configuration, checkAddress } from '@holdfast/adapters'
import { type LeftBehind, type Service, serve } from '@holdfast/http'
import { Command } from 'commander'
import pc from 'picocolors'
import { tell } from '../output.ts'
import { cli, configuration, orRefuse, tellOfNewDatabase } from '../session.ts'
import { warnOfMisspellings } from './config.ts'

/** `holdfast serve`: the REST service, until it is told to stop. */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('run the REST service')
    .option('--demo', 'put a few products into an empty shop, and show what to try')
    .action(async ({ demo }: { demo?: boolean }) => {
      const told = toldToStop()
      warnOfMisspellings()
      const settings = configuration()
      await checkAddress(settings)
      const made = missingFiles(settings)
      tellOfNewDatabase(settings)
      const service = await serve(settings)
      tell(`holdfast listens on ${pc.bold(service.url)}`)
      if (made.length > 0) tell(firstSteps(made, demo))
      if (demo) await demonstrate(service, settings.auth)
      await told
      const left = await service.stop()
      // A terminal has written ^C in front.
      tell(`${process.stderr.isTTY ? '\n' : ''}${farewell(left)}`)
    })

/** The files that the first start on a SQLite file makes; a ledger that is there already has its own story. */
const missingFiles = ({ database, gatewayUrl, fakeLedgerFile }: Configuration): string[] => {
  if (database.kind !== 'sqlite' || existsSync(database.file)) return []
  const files = [database.file, ...(gatewayUrl === undefined ? [fakeLedgerFile] : [])]
  return files.filter((file) => !existsSync(file)).map(normalize)
}

/** What a newcomer wants to know next. */
const firstSteps = (made: readonly string[], demo: boolean | undefined): string =>
  [
    `Open it in a browser to try it out${demo ? '.' : '; started with --demo, it has a few products.'}`,
    `To start over, stop it and delete ${made.join(' and ')}.`,
  ].join('\n')

/** What a stop has left, so that nobody takes a payment whose outcome is not known for one that is lost. */
const farewell = (left: LeftBehind | undefined): string => {
  if (!left)
    return 'Stopped. The database did not say what is left; the next start goes on with it.'
  const { pendingPayments, refundsOwed } = left
  const items = [
    ...(pendingPayments > 0
      ? [`${count(pendingPayments, 'payment is', 'payments are')} PENDING`]
      : []),
    ...(refundsOwed > 0 ? [`${count(refundsOwed, 'refund is', 'refunds are')} owed`] : []),
  ]
  if (items.length === 0) return 'Stopped. No payment is PENDING, no refund is owed.'
  return `Stopped. ${items.join(', ')}: another process or the next start goes on.`
}

const count = (number: number, one: string, many: string): string =>
  `${number} ${number === 1 ? one : many}`

/**
 * Resolves when the process is told to stop. Called before the start: to the first process of a container, a signal that
 * nobody waits for is lost. Further signals change nothing: a terminal and the package manager around us often send the
 * same one twice, and the grace ends by itself. Whoever cannot wait sends SIGKILL, and loses nothing.
 */
export const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('SIGTERM', resolve)
    process.on('SIGINT', resolve)
  })

const demoProducts = [
  { sku: 'MUG-01', name: 'Enamel mug', amountMinor: 1299, quantity: 40 },
  { sku: 'TEA-09', name: 'Green tea, 100 g', amountMinor: 850, quantity: 12 },
  { sku: 'POT-03', name: 'Cast iron teapot', amountMinor: 5400, quantity: 3 },
]

/** Fills an empty shop and prints lines to paste. */
const demonstrate = async ({ useCases, url }: Service, auth: AuthConfiguration): Promise<void> => {
  const { items } = orRefuse(await useCases.listProducts({ limit: 1 }))
  if (items.length === 0) {
    for (const { amountMinor, ...product } of demoProducts) {
      const price = { amountMinor, currency: 'EUR' }
      orRefuse(await useCases.createProduct({ by: cli, description: '', price, ...product }))
    }
  }
  const [product] = orRefuse(await useCases.listProducts({ limit: 1 })).items
  if (!product) return
  const ann = auth.kind === 'local' ? `-H 'X-User-Id: ann'` : '-H "Authorization: Bearer $TOKEN"'
  const json = `${ann} -H 'Content-Type: application/json'`
  tell(`
Try, in another terminal:
${signingIn(auth)}
  ${pc.dim('# what is for sale')}
  curl -s ${url}/product ${ann}

  ${pc.dim('# order one; the answer begins with its id')}
  ORDER=$(curl -s ${url}/order ${json} \\
    -d '{"lines":[{"productId":"${product.id}","quantity":1}]}' | cut -d'"' -f4); echo $ORDER

  ${pc.dim('# pay, and see that paying again is refused')}
  curl -s ${url}/payment ${json} -d '{"orderId":"'$ORDER'"}'
  curl -s ${url}/payment ${json} -d '{"orderId":"'$ORDER'"}'

  ${pc.dim('# the order with its history')}
  curl -s ${url}/order/$ORDER ${ann}
`)
}

/** With a header of her own ann needs nothing else. */
const signingIn = (auth: AuthConfiguration): string => {
  if (auth.kind === 'local') return ''
  if ('jwksUrl' in auth.keys)
    return `\n  ${pc.dim('# set TOKEN to one that your issuer has signed')}\n`
  return `
  ${pc.dim('# who you are')}
  TOKEN=$(npx holdfast token issue --user ann)
`
}
