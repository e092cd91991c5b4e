import { HospitalAway, HospitalBroken, HospitalBusy } from './hospital.ts'

/** A page of a record is bounded as a file of FHIR is. */
export const LARGEST_PAGE_BYTES = 3_000_000
const DEFAULT_WAIT_SECONDS = 60
const LONGEST_WAIT_SECONDS = 86_400

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> | undefined
}

/**
 * Asks a hospital's server for JSON. Follows no redirection: a token goes nowhere else.
 * @throws HospitalBroken when it can't be reached or the answer is too large, HospitalBusy for 429 and 503 with a time
 */
export async function send(url: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  const answer = await sendFor(url, init, timeoutMs)
  const parts: Uint8Array[] = []
  for await (const part of partsOf(answer, LARGEST_PAGE_BYTES)) parts.push(part)
  return { status: answer.status, body: parsed(Buffer.concat(parts).toString()) }
}

/** The answer itself, before its body; throws as `send`. */
export async function sendFor(url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  assertSafe(url)
  let answer: Response
  try {
    answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    throw new HospitalAway(`The hospital’s server could not be reached (${(error as Error).name})`)
  }
  if (answer.status === 429 || (answer.status === 503 && answer.headers.has('retry-after'))) {
    await answer.body?.cancel()
    throw new HospitalBusy(waitOf(answer.headers))
  }
  return answer
}

/** Tokens and records go over TLS, or stay on this machine. Throws HospitalBroken. */
export function assertSafe(url: string): void {
  const { protocol, hostname } = URL.parse(url) ?? { protocol: '', hostname: '' }
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) {
    throw new HospitalBroken('The hospital’s server names an address that is not safe')
  }
}

/** The body as it comes. Throws HospitalBroken beyond `largestBytes`, and HospitalAway when it breaks off. */
export async function* partsOf(answer: Response, largestBytes: number): AsyncGenerator<Uint8Array, void> {
  let size = 0
  try {
    for await (const part of answer.body ?? []) {
      size += part.length
      if (size > largestBytes) break
      yield part
    }
  } catch (error) {
    throw new HospitalAway(`The answer of the hospital’s server broke off (${(error as Error).name})`)
  }
  if (size > largestBytes) throw new HospitalBroken('The answer of the hospital’s server is too large')
}

/** JSON of an object; undefined for anything else. */
export function parsed(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Answer['body']) : undefined
  } catch {
    return undefined
  }
}

function waitOf(headers: Headers): number {
  const told = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(told) ? Math.min(Math.max(told, 1), LONGEST_WAIT_SECONDS) : DEFAULT_WAIT_SECONDS
}
