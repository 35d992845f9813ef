import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../databases.ts'
import { machine, say } from './report.ts'
import { holdfast, serverOn } from './servers.ts'

/**
 * The service on a root that is bound read-only, as a user that nobody has heard of, with one folder that it may write to, and no
 * temporary folder: `node test/stress/read-only.ts`. A database is made, orders of a hundred products are paid, before and
 * after a restart, and audited. Linux, as root or where users may make namespaces. Ends with 1 if anything is refused.
 */
const ANY_USER = '12345'
const ORDERS = 20
const volume = temporaryFolder()
chmodSync(volume.it, 0o777)

/** Binds everything read-only but the volume, and gives up every right. */
const confine = `
  mount --make-rprivate /
  mount --bind "$0" "$0"
  while read -r _ point _; do
    case "$point" in "$0" | /proc) ;; *) mount -o remount,bind,ro "$point" 2>/dev/null || true ;; esac
  done < /proc/self/mounts
  cd /
  if [ -n "$BY_ROOT" ]; then exec setpriv --reuid ${ANY_USER} --regid ${ANY_USER} --clear-groups "$@"; fi
  exec unshare --user --map-user=${ANY_USER} "$@"`
const byRoot = process.getuid?.() === 0
const under = [
  ...['unshare', '--mount', ...(byRoot ? [] : ['--map-root-user'])],
  ...['sh', '-c', confine, volume.it],
]
const environment = {
  BY_ROOT: byRoot ? 'yes' : '',
  DATABASE_URL: `sqlite:${join(volume.it, 'data/holdfast.db')}`,
  TMPDIR: '/var/tmp',
  RATE_LIMIT: '0',
  UNPAID_ORDERS: '0',
}

const server = await serverOn(environment, { under: () => under })

const ask = async (path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${server.url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'X-User-Id': 'ann', 'X-User-Role': 'admin', 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return { status: response.status, body: await response.json() }
}

const idOf = async (path: string, body: unknown): Promise<string> => {
  const { body: made } = await ask(path, body)
  return (made as { id: string }).id
}

const buy = async (productIds: readonly string[]): Promise<void> => {
  const lines = productIds.map((productId) => ({ productId, quantity: 1 }))
  const orderId = await idOf('/order', { lines, allowDuplicate: true })
  await ask('/payment', { orderId })
  const { body } = await ask(`/order/${orderId}`)
  const { state } = body as { state: string }
  if (state !== 'PAYMENT_DONE') throw new Error(`The order is ${state}.`)
}

say(`read-only: as user ${ANY_USER}, ${byRoot ? 'by root' : 'in a namespace'}; ${machine()}`)
for (const folder of ['/tmp', '/var/tmp', '/']) {
  const probe = ['sh', '-c', `if touch ${folder}/holdfast-probe 2>/dev/null; then exit 1; fi`]
  const { code } = await holdfast([], environment, [...under, ...probe])
  if (code !== 0) throw new Error(`${folder} can be written to: this shows nothing.`)
}
await server.start()
const price = { amountMinor: 100, currency: 'EUR' }
const productIds: string[] = []
for (let count = 1; count <= 100; count += 1) {
  const product = { sku: `SKU-${count}`, name: 'A mug', price, quantity: 1000 }
  productIds.push(await idOf('/product', { ...product, description: 'x'.repeat(500) }))
}
for (const when of ['on a new database', 'after a restart']) {
  if (when === 'after a restart') await server.start()
  await Promise.all(Array.from({ length: ORDERS }, () => buy(productIds)))
  await ask('/readyz')
  say(`${ORDERS} orders of ${productIds.length} products each were paid ${when}`)
  const code = await server.stop()
  if (code !== 0) throw new Error(`The server ended with ${code}.`)
}
const { code, stdout, stderr } = await holdfast(['audit'], environment, under)
say(`${stdout.match(/^ok /gm)?.length ?? 0} invariants hold; the audit ended with ${code}${stderr}`)
for (const complaint of server.complaints) say(complaint)
await volume.remove()
process.exitCode = code === 0 && server.complaints.length === 0 ? 0 : 1
