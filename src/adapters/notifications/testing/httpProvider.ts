import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** `raw` goes out as it is, HTTP or not; `partial` promises more of the body than it sends, and cuts. */
export type HttpReaction = HttpAnswer | 'silence' | 'cut' | { readonly raw: string } | { readonly partial: string }

/** A web service on a free local port that answers as the test tells it. */
export class HttpProvider {
  readonly requests: ReceivedRequest[] = []
  react: (request: ReceivedRequest) => HttpReaction
  onSilence: (() => void) | undefined
  private readonly server: Server

  private constructor(react: (request: ReceivedRequest) => HttpReaction) {
    this.react = react
    this.server = createServer((request, response) => void this.handle(request, response))
  }

  static async open(react: (request: ReceivedRequest) => HttpReaction): Promise<HttpProvider> {
    const one = new HttpProvider(react)
    await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve))
    return one
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    const received = { method, path, headers, body: await text(request) }
    this.requests.push(received)
    const reaction = this.react(received)
    if (reaction === 'silence') this.onSilence?.()
    else if (reaction === 'cut') request.socket.destroy()
    else if ('raw' in reaction) request.socket.end(reaction.raw)
    else if ('partial' in reaction) {
      response.writeHead(200, { 'content-length': reaction.partial.length + 10 })
      response.write(reaction.partial, () => request.socket.destroy())
    } else response.writeHead(reaction.status, reaction.headers).end(reaction.body ?? '')
  }
}
