import { lookup as resolve } from 'node:dns'
import { BlockList, isIP } from 'node:net'

/** Why a request did not go out, or was not taken. Says nothing of what the other side answered. */
export class OutwardError extends Error {}

export interface OutwardRequest {
  readonly url: string
  readonly method: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const TIMEOUT_MS = 10_000

const closed = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  closed.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  closed.addSubnet(net, prefix, 'ipv6')

/** Whether an address belongs to this machine, a private network, or none that a client could have in the open internet. */
export function isClosedAddress(address: string): boolean {
  const mapped = /^::ffff:(?:0:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isClosedAddress(mapped)
  if (/^::ffff:/i.test(address)) return true
  const family = isIP(address)
  return family === 0 || closed.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Why nothing may be sent to this address; undefined when it may. Names are looked up when a connection is made, and their
 * addresses judged then: a name can change its mind between a check and its use.
 */
export function endpointFault(text: string, takesPrivate: boolean): string | undefined {
  if (!URL.canParse(text)) return 'is no address'
  const { protocol, hostname, username, password } = new URL(text)
  if (protocol !== 'https:' && !(protocol === 'http:' && takesPrivate)) return 'must begin with https://'
  if (username !== '' || password !== '') return 'may hold no user name or password'
  if (takesPrivate) return undefined
  const host = hostname.replace(/^\[|\]$/g, '')
  const isName = isIP(host) === 0
  if (isName ? isOwnName(host) : isClosedAddress(host)) return 'must lie outside of private networks'
  return undefined
}

const isOwnName = (host: string) =>
  !host.includes('.') || /(?:^|\.)(?:localhost|local|internal|home\.arpa|lan|intranet)\.?$/i.test(host)

type Lookup = typeof resolve

/** Looks a name up, and gives only addresses that anything may be sent to. */
const openLookup = ((
  host: string,
  options: object,
  done: (error: Error | null, found?: unknown, family?: number) => void,
) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error)
    const open = found.filter(({ address }) => !isClosedAddress(address))
    const [first] = open
    // One closed address among others is a trap, not an alternative.
    if (first === undefined || open.length < found.length) return done(new OutwardError('lies in a private network'))
    if ((options as { all?: boolean }).all === true) return done(null, open)
    done(null, first.address, first.family)
  })
}) as unknown as Lookup

/** Sends a request once, follows no redirect, and reads no answer. Throws `OutwardError` for all but 2xx. */
export async function sendOut({ url, method, headers, body }: OutwardRequest, takesPrivate: boolean): Promise<void> {
  const fault = endpointFault(url, takesPrivate)
  if (fault !== undefined) throw new OutwardError(`The endpoint ${fault}`)
  const { Agent, request } = await import('undici')
  const connect = { timeout: TIMEOUT_MS, ...(takesPrivate ? {} : { lookup: openLookup }) }
  const agent = new Agent({ connect, pipelining: 0, maxHeaderSize: 16_384 })
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await request(url, { method, headers, body, dispatcher: agent, signal })
    await answer.body.dump({ limit: 16_384 }).catch(() => undefined)
    if (answer.statusCode < 200 || answer.statusCode > 299)
      throw new OutwardError(`The endpoint answered ${answer.statusCode}`)
  } catch (error) {
    if (error instanceof OutwardError) throw error
    if ((error as { cause?: unknown }).cause instanceof OutwardError) throw (error as { cause: OutwardError }).cause
    throw new OutwardError('The endpoint could not be reached')
  } finally {
    await agent.destroy()
  }
}

const LONGEST_FETCH_MS = 10 * 60_000

/** What an address holds, piece by piece, as `sendOut` reaches it. Throws `OutwardError`. */
export async function* fetchOut(url: string, takesPrivate: boolean): AsyncGenerator<Buffer, void> {
  const fault = endpointFault(url, takesPrivate)
  if (fault !== undefined) throw new OutwardError(`The address ${fault}`)
  const { Agent, request } = await import('undici')
  const agent = new Agent({ connect: { timeout: TIMEOUT_MS, ...(takesPrivate ? {} : { lookup: openLookup }) } })
  try {
    const headers = { accept: 'application/fhir+ndjson' }
    const answer = await request(url, { headers, dispatcher: agent, signal: AbortSignal.timeout(LONGEST_FETCH_MS) })
    if (answer.statusCode !== 200) throw new OutwardError(`it answered ${answer.statusCode}`)
    for await (const chunk of answer.body) yield chunk as Buffer
  } catch (error) {
    if (error instanceof OutwardError) throw error
    if ((error as { code?: string }).code === 'payload_too_large') throw error
    throw new OutwardError('it could not be reached')
  } finally {
    await agent.destroy()
  }
}
