import type { Answer } from './simulation-journal.ts'
import { forge } from './simulation-notifications.ts'
import { type Request, requestFor } from './simulation-requests.ts'
import { beginTask, reachProcess, reportThrown } from './simulation-tasks.ts'
import { delay, type Life, reach, send, type World } from './simulation-world.ts'

/** A request on its way, and how often it was sent. */
type Errand = { readonly request: Request; tries: number; isAnswered: boolean }

/** So often a customer sends a request before they give up. */
const MOST_TRIES = 4

/** Plans all that customers, admins and operators will do, and whether the gateway goes down meanwhile. */
export const planDeeds = (world: World): void => {
  const { agenda, random, weather } = world
  for (let deed = 0; deed < weather.deeds; deed += 1) {
    agenda.plan(random.whole(0, weather.lastsMs), 'somebody does something', () => act(world))
  }
  const { lastsMs } = weather
  if (random.chance(weather.strangers)) {
    agenda.plan(random.whole(0, lastsMs), 'another gateway answers', () => {
      world.strangerUntil = agenda.now + delay(world, world.weather.strangerMs)
    })
  }
  if (!random.chance(weather.outages)) return
  agenda.plan(random.whole(lastsMs / 2, lastsMs), 'the gateway goes down', () => {
    world.gateway.downUntil = agenda.now + delay(world, world.weather.outageMs)
    if (world.gateway.downUntil > agenda.now) reach(world, 'gateway down')
  })
}

/** Sends every request that had a key once more: its answer must be final, and the one that it had. */
export const repeatAll = (world: World): void => {
  for (const request of world.requests) {
    if (request.key !== undefined) deliver(world, { request, tries: MOST_TRIES, isAnswered: true })
  }
}

const act = (world: World): void => {
  const { random, weather } = world
  if (random.chance(weather.forgeries)) forge(world)
  const deed = random.weighted(weather.deed)
  if (deed === 'forgetKeys') {
    forgetKeys(world)
    return
  }
  const request = requestFor(world, deed)
  const times = random.chance(weather.bursts) ? random.whole(2, 4) : 1
  for (let copy = 1; copy <= times; copy += 1) {
    // Of several at once, some are repeats of one click, others clicks of their own.
    const isOwn = copy > 1 && random.chance(0.5)
    const one = isOwn ? { ...request, key: world.newId('key') } : request
    if (isOwn) world.requests.push(one)
    deliver(world, { request: one, tries: 0, isAnswered: false })
  }
}

/** A customer sends a request to whichever process there is, and waits for an answer, though not for ever. */
const deliver = (world: World, errand: Errand): void => {
  const { agenda, random } = world
  const { request } = errand
  errand.tries += 1
  send(world, `${request.user} sends ${describe(request)}`, () => {
    reachProcess(world, (life) => serve(world, life, errand))
  })
  if (errand.isAnswered) return
  agenda.plan(random.whole(3_000, 20_000), `${request.user} has waited`, () => {
    if (!errand.isAnswered) repeat(world, errand)
  })
}

const forgetKeys = (world: World): void =>
  reachProcess(world, (life) => {
    const { task, useCases } = beginTask(world, life, 'forgetKeys')
    useCases.forgetKeys().catch((error: unknown) => reportThrown(world, task, error))
  })

const serve = (world: World, life: Life, errand: Errand): void => {
  const { request } = errand
  const { user, key, body, useCase } = request
  const keyName = key === undefined ? undefined : `${user} ${key}`
  const { task, useCases } = beginTask(world, life, useCase, keyName)
  const onReplay = () => reach(world, 'key replayed')
  const answered = request.send(useCases, {
    by: { user },
    ...(key !== undefined && { idempotency: { key, fingerprint: body, onReplay } }),
  })
  const reply = (answer: Answer) => {
    const { code, payment } = answer
    const what = `${describe(request)}: ${code ?? payment?.state ?? 'done'}`
    send(world, `${user} hears ${what}`, () => receive(world, errand, answer))
  }
  answered.then(
    (answer) => {
      world.journal.answered(keyName, answer, task.wrote)
      reply(answer)
    },
    (error: unknown) => {
      reportThrown(world, task, error)
      reply({ code: 'service_unavailable', text: '' })
    },
  )
}

/** Answers that say: ask again. */
const SOON = ['service_unavailable', 'payment_outcome_unknown', 'gateway_unavailable']

const receive = (world: World, errand: Errand, answer: Answer): void => {
  errand.isAnswered = true
  world.journal.acknowledged(answer)
  const { code, payment } = answer
  const isOpen = payment?.state === 'PENDING' || SOON.includes(code ?? '')
  if (!isOpen || world.random.chance(0.4)) return
  const waitMs = delay(world, [2_000, 30_000])
  world.agenda.plan(waitMs, `${errand.request.user} asks again`, () => repeat(world, errand))
}

/** With the same key, unless the customer forgot it. */
const repeat = (world: World, errand: Errand): void => {
  if (errand.tries >= MOST_TRIES || world.random.chance(0.2)) return
  const { request } = errand
  const key =
    request.key !== undefined && world.random.chance(0.15) ? world.newId('key') : undefined
  const renewed = key === undefined ? request : { ...request, key }
  if (renewed !== request) world.requests.push(renewed)
  deliver(world, { request: renewed, tries: errand.tries, isAnswered: false })
}

const describe = ({ body, key }: Request): string => `${body} ${key ?? 'without a key'}`
