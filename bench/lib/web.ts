import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Server } from './processes.ts'

/** One call of the preparation (the load itself does not go through here). */
export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

export interface CallAnswer {
  readonly status: number
  readonly body: unknown
}

const agent = new Agent({ connections: 4, headersTimeout: 60_000, bodyTimeout: 60_000 })

/** Makes a call to a server on this machine; throws only when there is no answer. */
export async function call(port: number, { method, path, headers, json }: Call): Promise<CallAnswer> {
  const body = json === undefined ? null : JSON.stringify(json)
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    dispatcher: agent,
    headers: { ...headers, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    body,
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, body: text === '' ? undefined : parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Makes a call that must be answered with `status`; throws with the answer otherwise. */
export async function mustCall(port: number, status: number, one: Call): Promise<Readonly<Record<string, unknown>>> {
  const answer = await call(port, one)
  if (answer.status !== status) {
    const shown = JSON.stringify(answer.body)?.slice(0, 400)
    throw new Error(`${one.method} ${one.path}: ${status} expected, ${answer.status} answered: ${shown}`)
  }
  return (answer.body ?? {}) as Readonly<Record<string, unknown>>
}

/** Waits for the first healthy answer; throws with what the server wrote when it ends or takes too long. */
export async function waitUntilHealthy(server: Server, port: number, limitMs: number, everyMs = 10): Promise<void> {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline) {
    if (server.hasEnded()) throw new Error(`${server.name} ended while it started:\n${server.lastLines()}`)
    const answer = await call(port, { method: 'GET', path: '/health' }).catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(everyMs)
  }
  throw new Error(`${server.name} was not healthy within ${limitMs} ms:\n${server.lastLines()}`)
}
