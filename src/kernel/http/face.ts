import type { FastifyInstance } from 'fastify'
import type { Platform } from '../platform.ts'
import type { CrossOriginRules } from './cors.ts'
import type { CredentialResolver } from './credentials.ts'
import type { RateLimiter } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { Pages, RouteTable } from './routes.ts'
import type { Hall } from './sockets/hall.ts'

/** What the HTTP face of one platform shares among its routes. */
export interface Face {
  readonly platform: Platform
  readonly app: FastifyInstance
  readonly credentials: CredentialResolver
  readonly limiter: RateLimiter
  readonly cors: CrossOriginRules
  readonly metrics: Metrics
  /** What the frame and the host answer themselves. */
  readonly pages: Pages
  /** The routes of all services that answer here. */
  readonly routes: RouteTable
  /** The WebSockets that are open here. */
  readonly hall: Hall
  /** Whether this process is the public door and mounts the services of its peers too. */
  readonly isGateway: boolean
  /** Set while the process drains: answers close their connections. */
  isClosing: boolean
}
