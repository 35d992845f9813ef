import { err, okAsync, type Result, ResultAsync } from 'neverthrow'
import type { OutcomeUnknown, PaymentGateway, Told } from '../ports/payment-gateway.ts'
import { refuseInsideTransaction } from '../ports/transaction-guard.ts'
import type { Ports } from '../use-cases/request.ts'
import { isHit, openCall } from './simulation-crash.ts'
import type { Heard, SimulatedGateway } from './simulation-gateway.ts'
import { noteArrival } from './simulation-notes.ts'
import { storeOf } from './simulation-store.ts'
import { type Call, delay, reach, send, type Task, type World } from './simulation-world.ts'

/** The ports of one task: whatever it calls waits until the agenda lets it happen, and may never come back. */
export const portsOf = (world: World, task: Task): Ports => ({
  store: storeOf(world, task),
  gateway: gatewayOf(world, task),
  clock: { now: () => world.agenda.now + task.life.skewMs },
  newId: world.newId,
  settings: world.settings,
})

/** The client gives up on the gateway after so long. */
const TIMEOUT_MS = 5_000

const SILENCE: OutcomeUnknown = { code: 'outcome_unknown', detail: 'No answer in time.' }

const gatewayOf = (world: World, task: Task): PaymentGateway => {
  const ask = <T>(name: string, key: string, meet: (gateway: SimulatedGateway) => Heard<T>) => {
    refuseInsideTransaction()
    countQuestion(world, task, `${name} ${key}`)
    return new ResultAsync(callGateway(world, openCall(task, name, key), meet))
  }
  return {
    isAvailable: () => {
      const isOpen = world.random.chance(world.weather.refuses)
      if (isOpen) reach(world, 'circuit to the gateway open')
      return !isOpen
    },
    identify: () => okAsync(world.gateway.id),
    charge: (request) => ask('charge', request.idempotencyKey, (to) => to.charge(request)),
    lookup: (key) => ask('lookup', key, (to) => to.lookup(key)),
    void: (key) => ask('void', key, (to) => to.void(key)),
    refund: (request) => ask('refund', request.idempotencyKey, (to) => to.refund(request)),
  }
}

/** One round asks once, and once more for each notification meanwhile; far more is a loop that lets nobody rest. */
const MOST_QUESTIONS = 20

const countQuestion = ({ violations }: World, { asked, name }: Task, question: string): void => {
  const times = (asked.get(question) ?? 0) + 1
  asked.set(question, times)
  if (times <= MOST_QUESTIONS) return
  violations.push(`L1 nobody asks without a pause: ${name}: ${question}`)
}

/** A question to the gateway, over the network and back. Whoever asks waits no longer than the timeout. */
const callGateway = <T>(
  world: World,
  call: Call,
  meet: (gateway: SimulatedGateway) => Heard<T>,
): Promise<Result<Told<T>, OutcomeUnknown>> =>
  new Promise((resolve) => {
    const { agenda, weather } = world
    const { task, name, subject } = call
    const { life } = task
    const what = `${name} ${subject}`
    const hear = (answer: Result<Told<T>, OutcomeUnknown>) => {
      if (!life.calls.has(call)) return // It came before, or too late.
      agenda.drop(timeout)
      call.phase = 'after'
      if (isHit(world, call)) return
      life.calls.delete(call)
      if (answer.isOk() && answer.value.gatewayId === world.gateway.id) {
        task.heard.set(name, stateOf(answer.value.answer))
      }
      resolve(answer)
    }
    const giveUp = () => hear(err(SILENCE))
    const timeout = agenda.plan(Infinity, `${life.name} hears nothing of ${what}`, giveUp, life)
    const arrive = () => {
      const { gateway, stranger, strangerUntil } = world
      if (agenda.now < gateway.downUntil) return
      const isStranger = agenda.now < strangerUntil
      const answer = meet(isStranger ? stranger : gateway)
      world.hasChanged = true
      if (isStranger) reach(world, 'another gateway answered')
      else noteArrival(world, call, answer?.isOk() ? stateOf(answer.value) : '')
      if (!answer) return
      const gatewayId = isStranger ? stranger.id : gateway.id
      const told = answer.map((it): Told<T> => ({ gatewayId, answer: it }))
      send(world, `${life.name} hears of ${what}`, () => hear(told), { by: life })
    }
    const leave = () => {
      if (isHit(world, call)) return
      call.phase = 'during'
      timeout.at = agenda.now + TIMEOUT_MS
      const isCharge = name === 'charge'
      const travelMs = isCharge ? world.weather.chargeTravelMs : world.weather.travelMs
      send(world, `${what} arrives`, arrive, { travelMs })
      isHit(world, call)
    }
    const question = `${life.name} ${task.name}: asks ${what}`
    agenda.plan(delay(world, weather.stepMs), question, leave, life)
  })

/** What the gateway says of a key; empty where it does not know it. */
const stateOf = (answer: unknown): string => (answer as { state: string } | undefined)?.state ?? ''
