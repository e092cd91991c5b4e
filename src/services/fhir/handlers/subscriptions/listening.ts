import type { SocketConnection, SocketHandler } from '../../../../kernel/service.ts'
import { isId } from '../../domain/primitives.ts'
import { findSubscription } from '../../store/subscriptions.ts'

/** So many subscriptions one socket may hear of: as many as a record may have. */
const MOST_BOUND = 50
const REFUSED = 1008

/** Who listens in this process, by `person/subscription`. */
const listeners = new Map<string, Set<SocketConnection>>()

const keyOf = (personId: string, id: string) => `${personId}/${id}`

/**
 * The WebSocket of R4 Subscriptions: `bind <id>` is answered by `bound <id>`, and each match by `ping <id>`. A message that
 * can't be followed is answered by `error <why>`, and ends the socket.
 */
export const listen: SocketHandler = async (connection) => {
  const { personId } = connection.context()
  const bound = new Set<string>()
  try {
    for await (const message of connection.messages) {
      const id = typeof message === 'string' ? (/^bind ([^\s]+)\s*$/.exec(message)?.[1] ?? '') : ''
      const fault = await faultOf(connection, id, bound.size)
      if (fault !== undefined) {
        await connection.send(`error ${fault}`)
        return connection.close(REFUSED, fault)
      }
      bound.add(id)
      addListener(keyOf(personId, id), connection)
      await connection.send(`bound ${id}`)
    }
  } finally {
    for (const id of bound) dropListener(keyOf(personId, id), connection)
  }
}

/** Why a subscription can't be listened to; undefined when it can. Only whoever made it listens, in the record it is of. */
async function faultOf(connection: SocketConnection, id: string, count: number): Promise<string | undefined> {
  if (!isId(id)) return 'say: bind <id of a Subscription>'
  if (count >= MOST_BOUND) return `at most ${MOST_BOUND} subscriptions are bound to one socket`
  const { db, personId, accountId } = connection.context()
  const row = await findSubscription(db, personId, id)
  if (row === undefined || row.channel !== 'websocket' || row.requester !== accountId)
    return 'there is no such Subscription of yours with the channel websocket'
  return row.state === 'requested' || row.state === 'active' ? undefined : `this Subscription is ${row.state}`
}

function addListener(key: string, connection: SocketConnection): void {
  const known = listeners.get(key)
  if (known === undefined) listeners.set(key, new Set([connection]))
  else known.add(connection)
}

function dropListener(key: string, connection: SocketConnection): void {
  const known = listeners.get(key)
  known?.delete(connection)
  if (known?.size === 0) listeners.delete(key)
}

/**
 * Tells whoever listens to a subscription that something matched; returns how many were told. Whose session or right ended
 * since they opened the socket is not told: their socket closes.
 */
export async function pingListeners(personId: string, id: string): Promise<number> {
  let told = 0
  for (const connection of [...(listeners.get(keyOf(personId, id)) ?? [])]) {
    if (!(await connection.stillAllowed())) continue
    await connection.send(`ping ${id}`)
    told += 1
  }
  return told
}
