import { type Service, serve } from '@holdfast/http'
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
      tellOfNewDatabase(settings)
      const service = await serve(settings)
      tell(`holdfast listens on ${pc.bold(service.url)}`)
      if (demo) await demonstrate(service)
      await told
      await service.stop()
    })

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
const demonstrate = async ({ useCases, url }: Service): Promise<void> => {
  const { items } = orRefuse(await useCases.listProducts({ limit: 1 }))
  if (items.length === 0) {
    for (const { amountMinor, ...product } of demoProducts) {
      const price = { amountMinor, currency: 'EUR' }
      orRefuse(await useCases.createProduct({ by: cli, description: '', price, ...product }))
    }
  }
  const [product] = orRefuse(await useCases.listProducts({ limit: 1 })).items
  if (!product) return
  const json = `-H 'X-User-Id: ann' -H 'Content-Type: application/json'`
  tell(`
Try, in another terminal:

  ${pc.dim('# what is for sale')}
  curl -s ${url}/product -H 'X-User-Id: ann'

  ${pc.dim('# order one; the answer begins with its id')}
  ORDER=$(curl -s ${url}/order ${json} \\
    -d '{"lines":[{"productId":"${product.id}","quantity":1}]}' | cut -d'"' -f4); echo $ORDER

  ${pc.dim('# pay, and see that paying again is refused')}
  curl -s ${url}/payment ${json} -d '{"orderId":"'$ORDER'"}'
  curl -s ${url}/payment ${json} -d '{"orderId":"'$ORDER'"}'

  ${pc.dim('# the order with its history')}
  curl -s ${url}/order/$ORDER -H 'X-User-Id: ann'
`)
}
