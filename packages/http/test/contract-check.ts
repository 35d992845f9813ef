import { type Contract, contract, type Described, EVERYWHERE, validatorOf } from './contract.ts'
import type { Answer } from './support.ts'

/** A request, as far as the document tells routes apart. */
export type Asked = Readonly<{ method: string; path: string }>

/** What node answers by itself to what is not HTTP, or takes too long. */
const BARE = [400, 408, 417, 431]

/** Makes a check that throws where an answer is not what a document says: its status, type, body, fields and headers. */
export const answerCheck = (document: Contract) => {
  const described = descriptionsOf(document)
  const faultOf = validatorOf(document, true)
  return (asked: Asked, answer: Answer): void => {
    if (answer.status === 0 || isBare(answer)) return // Cut off, or an answer to what is not HTTP.
    const says = described(asked, answer)
    const fault = says
      ? (headerFault(says, answer, faultOf) ?? bodyFault(says, answer, faultOf))
      : 'is not documented'
    if (fault === undefined) return
    const { status, text } = answer
    throw new Error(`${asked.method} ${asked.path}: ${status} ${fault}.\n${text.slice(0, 1000)}`)
  }
}

type FaultOf = ReturnType<typeof validatorOf>

const isBare = ({ status, text, headers }: Answer): boolean => {
  const isEmpty = text === '' || text === '0\r\n\r\n' // Nothing, also in chunks.
  return BARE.includes(status) && isEmpty && !headers.has('content-type')
}

/** Finds what the document says about the answer to a request; a path that is written out goes before a template. */
const descriptionsOf = ({ paths, components }: Contract) => {
  const routes = Object.entries(paths)
    .map(([path, operations]) => ({
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      isTemplate: path.includes('{'),
      operations,
    }))
    .sort((a, b) => Number(a.isTemplate) - Number(b.isTemplate))
  return ({ method, path }: Asked, { status }: Answer): Described | undefined => {
    const route = routes.find(({ pattern }) => pattern.test(pathOf(path)))
    const operation = route?.operations[method === 'HEAD' ? 'get' : method.toLowerCase()]
    if (operation) return operation.responses[status]
    const { MalformedTarget, HostNotAllowed, MethodNotAllowed, NotFound } = components.responses
    const { RateLimited, Overloaded } = components.responses
    if (status === 429) return RateLimited
    if (status === 503) return Overloaded
    if (status === 400) return MalformedTarget
    if (status === 403) return HostNotAllowed
    if (status === (route ? 405 : 404)) return route ? MethodNotAllowed : NotFound
    return undefined
  }
}

/** The path of a target, also of one in absolute form. */
const pathOf = (target: string): string =>
  target.replace(/^https?:\/\/[^/?]*/i, '').split('?')[0] ?? ''

const headerFault = (
  { headers: described = {} }: Described,
  { headers }: Answer,
  faultOf: FaultOf,
): string | undefined => {
  const known = [...EVERYWHERE, ...Object.keys(described).map((name) => name.toLowerCase())]
  const unknown = [...headers.keys()].find((name) => !known.includes(name))
  if (unknown) return `has the header ${unknown}`
  for (const [name, { required, schema }] of Object.entries(described)) {
    const value = headers.get(name)
    if (value === null && required) return `lacks the header ${name}`
    if (value === null) continue
    const isNumber = 'type' in schema && schema.type === 'integer'
    const wrong = faultOf(schema, isNumber ? Number(value) : value)
    if (wrong) return `has a wrong ${name}: ${wrong}`
  }
  return undefined
}

const bodyFault = (
  { content: described }: Described,
  { headers, text, body }: Answer,
  faultOf: FaultOf,
): string | undefined => {
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  const content = described?.[type] ?? described?.['*/*']
  if (!content) return described || text !== '' ? `has the type ${type}` : undefined
  if (body === undefined) return undefined // A page, or an answer to HEAD.
  const wrong = faultOf(content.schema, body)
  return wrong && `has a wrong body: ${wrong}`
}

/** Throws where an answer is not what the document of the service says. */
export const checkAnswer = answerCheck(contract)
