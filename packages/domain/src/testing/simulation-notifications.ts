import type { GatewayNotification } from '../ports/gateway-notification.ts'
import { beginTask, reachProcess, reportThrown } from './simulation-tasks.ts'
import { type Life, reach, send, type World } from './simulation-world.ts'

type Report = Omit<GatewayNotification, 'receivedAt'>

/** Lets the gateway report each change of a key, if it is one that does. */
export const connectGateway = (world: World): void => {
  if (!world.weather.notifies) return
  let told = 0
  world.gateway.onChange = (paymentId, what) => {
    told += 1
    report(world, { eventId: `evt_${told}`, paymentId, type: `charge.${what}` })
  }
}

/** Says of some payment, which may not exist, what is not true: that its money was taken. */
export const forge = (world: World): void => {
  const { random, seen } = world
  const payments = seen.orders.flatMap((order) => order.payments.map(({ id }) => id))
  reach(world, 'notification forged')
  deliver(
    world,
    {
      eventId: world.newId('evt'),
      paymentId: random.pick([...payments, 'pay_none']),
      type: 'charge.captured',
    },
    () => undefined,
  )
}

/** A gateway reports the same thing again and again, until it hears that it was understood. */
const report = (world: World, event: Report): void => {
  let isUnderstood = false
  deliver(world, event, () => {
    isUnderstood = true
  })
  world.agenda.plan(world.random.whole(10_000, 600_000), `${event.eventId} is due again`, () => {
    if (!isUnderstood) report(world, event)
  })
}

const deliver = (world: World, event: Report, understood: () => void): void => {
  const { eventId, paymentId, type } = event
  const accept = (life: Life) => {
    const { task, useCases } = beginTask(world, life, 'acceptNotification')
    useCases.acceptNotification(event).then(
      () => send(world, `${eventId} was understood`, understood),
      (error: unknown) => reportThrown(world, task, error),
    )
  }
  send(world, `${eventId}: ${type} ${paymentId}`, () => reachProcess(world, accept))
}
