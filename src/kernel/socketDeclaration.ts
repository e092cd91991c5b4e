import type { SocketRoute } from './contract.ts'

/**
 * A WebSocket of a contract, declared like a route: `'GET /chat/:id/stream'` opens at the same addresses as a request would.
 * The frame says who may open it and keeps it in bounds; `defineContract` fills in its names.
 */
export function socket(options: Omit<SocketRoute, 'service' | 'name'>): SocketRoute {
  return { ...options, service: '', name: '' }
}
