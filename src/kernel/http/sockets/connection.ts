import type { WebSocket } from 'ws'
import { PlatformError } from '../../errors.ts'
import type { Context, SocketConnection } from '../../service.ts'
import type { Held } from './hall.ts'

/** Messages that are read ahead of the handler; then the client waits. */
const READ_AHEAD = 16
/** What may wait for a client that reads slowly, before it is given up. */
const MOST_WAITING_BYTES = 1024 * 1024

/** Codes of RFC 6455. */
export const GOING_AWAY = 1001
export const REFUSED = 1008
export const FAILED = 1011
const TOO_SLOW = 1013

export interface ConnectionOptions {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly context: () => Context
  /** Throws what the door says now to whoever opened the socket. */
  readonly verify: () => Promise<void>
}

/** A WebSocket that is served in this process. */
export class OpenConnection implements SocketConnection, Held {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly closed: AbortSignal
  readonly context: () => Context
  /** Code of its end. */
  code = 0
  /** Resolves when it is closed, by whomever. */
  readonly gone: Promise<void>
  private readonly ws: WebSocket
  private readonly verify: () => Promise<void>
  private readonly waiting: (string | Buffer)[] = []
  private wake: () => void = () => undefined
  private isAlive = true

  constructor(ws: WebSocket, { params, query, context, verify }: ConnectionOptions) {
    this.ws = ws
    this.params = params
    this.query = query
    this.context = context
    this.verify = verify
    const end = new AbortController()
    this.closed = end.signal
    this.gone = new Promise((resolve) => {
      ws.once('close', (code: number) => {
        this.code = code
        end.abort()
        this.wake()
        resolve()
      })
    })
    ws.on('pong', () => {
      this.isAlive = true
    })
    // Broken frames and those too large: the library closes by itself, with the code that says so.
    ws.on('error', () => undefined)
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      this.isAlive = true
      this.waiting.push(isBinary ? data : data.toString('utf8'))
      if (this.waiting.length >= READ_AHEAD) ws.pause()
      this.wake()
    })
  }

  get messages(): AsyncIterable<string | Buffer> {
    return this.read()
  }

  private async *read(): AsyncGenerator<string | Buffer> {
    for (;;) {
      const message = this.waiting.shift()
      if (message !== undefined) {
        if (this.ws.isPaused && this.waiting.length < READ_AHEAD / 2) this.ws.resume()
        yield message
      } else if (this.closed.aborted) {
        return
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
      }
    }
  }

  async send(message: string | Buffer): Promise<void> {
    if (this.ws.readyState !== this.ws.OPEN) return
    if (this.ws.bufferedAmount > MOST_WAITING_BYTES) {
      this.close(TOO_SLOW, 'The client reads too slowly')
      return
    }
    // An error of the wire ends the socket, which is said by `closed`.
    await new Promise<void>((resolve) => this.ws.send(message, () => resolve()))
  }

  close(code: number, reason: string): void {
    // What still waits unread must not keep the goodbye of the other side from being read.
    if (this.ws.isPaused) this.ws.resume()
    this.waiting.splice(0)
    this.ws.close(
      code,
      Buffer.from(reason)
        .subarray(0, 120)
        .toString('utf8')
        .replace(/\uFFFD+$/, ''),
    )
  }

  async stillAllowed(): Promise<boolean> {
    if (this.ws.readyState !== this.ws.OPEN) return false
    try {
      await this.verify()
      return true
    } catch (error) {
      if (error instanceof PlatformError && error.status < 500) this.close(REFUSED, error.message)
      return false
    }
  }

  async look(): Promise<void> {
    if (!this.isAlive && !this.ws.isPaused) return this.cut()
    this.isAlive = false
    this.ws.ping()
    await this.stillAllowed()
  }

  leave(): Promise<void> {
    this.close(GOING_AWAY, 'The server stops')
    return this.gone
  }

  cut(): void {
    this.ws.terminate()
  }
}
