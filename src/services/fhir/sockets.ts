import type { SocketHandler } from '../../kernel/service.ts'
import { listen } from './handlers/subscriptions/listening.ts'

export const sockets: Readonly<Record<string, SocketHandler>> = { notifications: listen }
