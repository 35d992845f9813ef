import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { createOpenApi } from '../src/openapi/document.ts'

/** What every answer may carry without being told so in the document; its introduction speaks of the rest. */
export const EVERYWHERE = [
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'vary',
  'x-content-type-options',
  'x-frame-options',
  'x-request-id',
]

/** What the document says about one status of one operation. */
export type Described = Readonly<{
  description: string
  'x-examples'?: Readonly<Record<string, unknown>>
  headers?: Readonly<Record<string, Readonly<{ required?: boolean; schema: object }>>>
  content?: Readonly<
    Record<string, Readonly<{ schema: object; examples?: Readonly<Record<string, unknown>> }>>
  >
}>

/** What the document says about one operation. */
export type DescribedOperation = Readonly<{
  operationId: string
  requestBody?: Readonly<{
    required?: boolean
    content: Readonly<
      Record<
        string,
        Readonly<{
          schema: object
          examples: Readonly<Record<string, Readonly<{ value: unknown }>>>
        }>
      >
    >
  }>
  responses: Readonly<Record<string, Described>>
}>

/** The parts of the document that tests look at. */
export type Contract = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  components: Readonly<{
    schemas: Readonly<Record<string, object>>
    responses: Readonly<Record<string, Described>>
    examples: Readonly<Record<string, unknown>>
  }>
}>

/** The document as it is served. */
export const contract = JSON.parse(JSON.stringify(createOpenApi())) as Contract

/** A schema of the document with all objects closed, so that a field that it does not name is a fault. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  )
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner
}

/** Makes a check of the schemas of a document; `strict`: a field that it does not name is a fault. */
export const validatorOf = ({ components }: Pick<Contract, 'components'>, strict: boolean) => {
  const ajv = new Ajv2020({ allErrors: true, strict: false, discriminator: false })
  formats.default(ajv)
  const shape = strict ? closed : (schema: unknown) => schema
  ajv.addSchema({ $id: 'openapi', components: shape(components) as object })
  const compiled = new Map<object, ValidateFunction>()
  return (schema: object, value: unknown): string | undefined => {
    const validate = compiled.get(schema) ?? ajv.compile(absolute(shape(schema)) as object)
    compiled.set(schema, validate)
    return validate(value) ? undefined : ajv.errorsText(validate.errors)
  }
}

/** References into the document, from a schema that stands outside it. */
const absolute = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'))
