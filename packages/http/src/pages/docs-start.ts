/**
 * What the reference does in the browser: shows our document, and lets its first requests succeed. Where any name will do the
 * visitor is ann, and an admin where only an admin may. Examples name products, orders and payments of the shop that they
 * were recorded in; in what can be sent, they name the newest ones of this shop that the visitor has seen instead.
 */
export const script = `
const element = document.querySelector('#reference')
const isLocal = element.dataset.auth === 'local'
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

const ID = /\\b(prod|ord|pay)_[0-9a-f]{32}\\b/g
const unique = (list) => [...new Set(list)]

/* The ways to sign in that this service takes, and no others. */
const offered = isLocal ? ['userId', 'userRole'] : ['bearerToken']
const isOffered = (name) => offered.includes(name)

const operationsOf = ({ paths }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at: [path, method], operation })),
  )

const keepOffered = (api) => {
  const schemes = Object.entries(api.components.securitySchemes)
  api.components.securitySchemes = Object.fromEntries(schemes.filter(([name]) => isOffered(name)))
  for (const { operation } of operationsOf(api)) {
    operation.security = operation.security.filter((way) => Object.keys(way).every(isOffered))
  }
}

/* What a request may name, in the recorded shop and in this one, newest first. */
const recorded = { prod: [], ord: [], pay: [] }
const seen = { prod: [], ord: [], pay: [] }
/* What stands at the place of each recorded id just now. */
const standIns = new Map()

const gather = (api) => {
  const sent = operationsOf(api).map(({ operation: { parameters, requestBody } }) => [parameters, requestBody])
  for (const id of unique(JSON.stringify(sent).match(ID) ?? []).sort()) {
    recorded[id.split('_')[0]].push(id)
    standIns.set(id, id)
  }
}

/* The ids of things in an answer: each begins with its own. */
const learn = (text) => {
  for (const kind of Object.keys(seen)) {
    const ids = text.match(ID)?.filter((id) => id.startsWith(kind) && isThing(text, id)) ?? []
    seen[kind] = unique([...ids, ...seen[kind]])
  }
}
const isThing = (text, id) => new RegExp('"id": *"' + id).test(text)

/* Says which ids stand elsewhere now: a function that puts them into a text, or nothing where all stand as they were. */
const renew = () => {
  const moved = new Map()
  for (const [kind, ids] of Object.entries(recorded)) {
    ids.forEach((id, index) => {
      const before = standIns.get(id)
      const now = seen[kind][index] ?? before
      if (now !== before) moved.set(before, now)
      standIns.set(id, now)
    })
  }
  if (moved.size === 0) return undefined
  return (value) => (typeof value === 'string' ? value.replace(ID, (id) => moved.get(id) ?? id) : value)
}

/* Puts them into what the document proposes. Recorded answers stay as they were recorded. */
const propose = (api, put) => {
  for (const { operation } of operationsOf(api)) {
    for (const part of ['parameters', 'requestBody']) {
      if (operation[part]) operation[part] = JSON.parse(put(JSON.stringify(operation[part])))
    }
  }
}

/* And into what the visitor has opened, unless they have written something else there. */
const refill = (ui, api, put) => {
  for (const { at } of operationsOf(api)) {
    const opened = ui.specSelectors.specJsonWithResolvedSubtrees().getIn(['paths', ...at])
    opened?.get('parameters')?.forEach((parameter) => {
      const value = ui.specSelectors.parameterWithMetaByIdentity(at, parameter).get('value')
      if (put(value) !== value) ui.specActions.changeParamByIdentity(at, parameter, put(value))
    })
    const body = ui.oas3Selectors.requestBodyValue(...at)
    if (put(body) !== body) ui.oas3Actions.setRequestBodyValue({ value: put(body), pathMethod: at })
  }
}

const ask = async (path, headers = {}) => (await fetch(path, { headers })).json()

const welcome = isLocal
  ? '**Try it here, from the top down.** You are ann, and an admin where only an admin may; what you send is real, in this shop.'
  : '**Try it here, from the top down**, once *Authorize* has your token; what you send is real, in this shop.'

const start = async () => {
  const api = await ask('/openapi.json')
  api.info.description = welcome + '\\n\\n' + api.info.description
  keepOffered(api)
  gather(api)
  if (isLocal) {
    const ann = { 'X-User-Id': 'ann' }
    const [products, orders] = await Promise.all([ask('/product', ann), ask('/order', ann)])
    learn(JSON.stringify([products.items?.filter(({ available }) => available > 0), orders]))
  }
  const put = renew()
  if (put) propose(api, put)
  const ui = SwaggerUIBundle({
    spec: api,
    domNode: element,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    validatorUrl: null,
    onComplete: () => {
      ui.specActions.updateUrl('/openapi.json')
      if (!isLocal) return
      ui.preauthorizeApiKey('userId', 'ann')
      ui.preauthorizeApiKey('userRole', 'admin')
    },
    responseInterceptor: (response) => {
      learn(response.text ?? '')
      const put = renew()
      if (put) {
        propose(api, put)
        ui.specActions.updateJsonSpec(api)
        refill(ui, api, put)
      }
      return response
    },
  })
}
start().catch((error) => {
  element.textContent = 'The reference could not be loaded. Reload the page.'
  throw error
})
`
