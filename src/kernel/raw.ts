import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** A request that is not JSON in and JSON out: an upload, a download, a stream. */
export interface RawRequest {
  readonly method: string
  /** Path and query as they were sent, for routes whose query repeats names or keeps an order. */
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}

export interface RawAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Buffer | Readable
}
