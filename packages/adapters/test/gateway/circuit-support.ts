import type { ServerResponse } from 'node:http'
import type { ExecutionContext } from 'ava'
import {
  type AskedGateway,
  amount,
  charge,
  gatewayAt,
  heard,
  STAND_IN,
  standIn,
} from './support.ts'

/** So many in a row open the circuit, for so long. */
export const SILENCES = 5
export const OPEN_MS = 2000

export const send = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** A gateway that is down or up as the test says, and the adapter that asks it. */
export const opened = async (t: ExecutionContext) => {
  const state = { up: false, hangs: false }
  const server = await standIn(t, ({ url = '' }, response) => {
    if (state.hangs) return
    if (!state.up) return send(response, 429, {}) // An answer that is not sent again.
    const [, , , act] = url.split('/')
    if (url === '/identity') return send(response, 200, { gatewayId: STAND_IN })
    const outcome = act === 'refund' ? 'refunded' : act === 'void' ? 'voided' : 'captured'
    return send(response, 200, { idempotencyKey: 'pay_1', amount, state: outcome })
  })
  const adapter = gatewayAt(server.url)
  const sent = () => server.asked.filter(({ path }) => path !== '/identity').length
  const probes = () => server.asked.length - sent()
  return { ...adapter, ...server, state, sent, probes }
}

/** Charges so often, each time allowed and never answered. */
export const fail = async (t: ExecutionContext, gateway: AskedGateway, times: number) => {
  for (let time = 1; time <= times; time += 1) {
    t.true(gateway.isAvailable())
    t.is(await heard(charge(gateway, 'pay_1')), 'outcome_unknown')
  }
}
