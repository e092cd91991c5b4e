import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a ticket stands for: the credential that asked for it, one socket, one record. */
export interface TicketHolder {
  /** `service.name` of the socket. */
  readonly socket: string
  /** The headers that carry the credential. */
  readonly credential: IncomingHttpHeaders
  readonly requestedPersonId: string | undefined
}

/** Long enough to open a socket, too short to be found in a log in time. */
export const TICKET_SECONDS = 30
const MOST_TICKETS = 10_000

/**
 * One-time tickets, for browsers that can't send a header with a WebSocket. They hold the credential that asked, so that
 * the socket can be closed when it ends; therefore they live in this process's memory only, under the hash of the ticket.
 */
export class Tickets {
  private readonly holders = new Map<string, TicketHolder & { readonly untilMs: number }>()

  /** A new ticket; the oldest makes room where there are too many. */
  give(holder: TicketHolder, nowMs: number): string {
    for (const [key, { untilMs }] of this.holders) {
      if (untilMs > nowMs && this.holders.size < MOST_TICKETS) break
      this.holders.delete(key)
    }
    const ticket = randomBytes(32).toString('base64url')
    this.holders.set(hashOf(ticket), { ...holder, untilMs: nowMs + TICKET_SECONDS * 1000 })
    return ticket
  }

  /** Whoever the ticket stands for at this socket, once; undefined afterwards, later, and anywhere else. */
  take(ticket: string, socket: string, nowMs: number): TicketHolder | undefined {
    const key = hashOf(ticket)
    const holder = this.holders.get(key)
    this.holders.delete(key)
    return holder === undefined || holder.untilMs <= nowMs || holder.socket !== socket ? undefined : holder
  }
}

const hashOf = (ticket: string) => createHash('sha256').update(ticket).digest('base64url')
