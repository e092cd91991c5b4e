import type { desk } from '../../kernel/desk/contract.ts'
import { endpoint } from '../client/endpoint.ts'

type Desk = (typeof desk)['operations']

export const overview = endpoint<Desk['overview']>('GET /operations/overview')
export const work = endpoint<Desk['work']>('GET /operations/work')
export const retryJob = endpoint<Desk['retryJob']>('POST /operations/jobs/:id/retry')
export const retryDelivery = endpoint<Desk['retryDelivery']>('POST /operations/deliveries/:event_id/retry')
export const setup = endpoint<Desk['setup']>('GET /operations/setup')
export const logs = endpoint<Desk['logs']>('GET /operations/logs')
