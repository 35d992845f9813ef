import type { Example, ExampleRequest } from '../../src/openapi/examples.ts'
import { headerNames } from '../../src/openapi/headers.ts'
import { EVERYWHERE } from '../contract.ts'
import { handClock } from '../one-service.ts'
import { sendRaw } from '../raw-socket.ts'
import { type Answer, startOneService } from '../support.ts'
import { countIds } from './ids.ts'
import type { Step, World } from './world-steps.ts'
import { type Given, worlds } from './worlds.ts'

/** What a step of making a world can be answered with, besides success: a decline, or an order that is short. */
const EXPECTED = [402, 409]

/** Makes a world of its own, sends a request as it stands, and returns the answer as an example shows it. */
export const answerIn = async (
  given: Given,
  request: ExampleRequest,
): Promise<Example['answer'] & Readonly<{ text: string }>> => {
  const { replacements, environment, make, atOnce }: World = worlds[given]
  const clock = handClock()
  const api = await startOneService({ clock, newId: countIds(), ...replacements?.() }, environment)
  try {
    const step: Step = async (method, path, body, sent) => {
      if (method !== 'GET') clock.forward(60_000)
      const answer = await api.ask(method, path, body, sent)
      if (answer.status < 400 || EXPECTED.includes(answer.status)) return answer
      throw new Error(`${given} cannot be made: ${answer.text}`)
    }
    await make?.(step, { ...clock, useCases: api.service.useCases })
    if (!atOnce) clock.forward(60_000)
    return shown(await send(api.service.url, request))
  } finally {
    await api.stop()
  }
}

const send = (
  url: string,
  { method, path, headers, body = '' }: ExampleRequest,
): Promise<Answer> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return sendRaw(url, {
    method,
    path,
    head: [
      ...(headers['Host'] ? [] : [`Host: ${new URL(url).host}`]),
      ...lines,
      ...(text ? [`Content-Length: ${Buffer.byteLength(text)}`] : []),
    ],
    body: text,
  })
}

const shown = ({ status, headers, text, body }: Answer) => ({
  status,
  headers: Object.fromEntries(
    [...headers]
      .filter(([name]) => !EVERYWHERE.includes(name))
      .map(([name, value]) => [asWritten(name), value]),
  ),
  body,
  text,
})

/** A header’s name in its usual capitals. */
const asWritten = (name: string): string =>
  headerNames.find((each) => each.toLowerCase() === name) ?? name
