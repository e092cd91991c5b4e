import type { desk } from '../../kernel/desk/contract.ts'
import { endpoint } from '../client/endpoint.ts'

type Desk = (typeof desk)['operations']

export const overview = endpoint<Desk['overview']>('GET /operations/overview')
export const work = endpoint<Desk['work']>('GET /operations/work')
export const retryJob = endpoint<Desk['retryJob']>('POST /operations/jobs/:id/retry')
export const retryDelivery = endpoint<Desk['retryDelivery']>('POST /operations/deliveries/:event_id/retry')
export const setup = endpoint<Desk['setup']>('GET /operations/setup')
export const backups = endpoint<Desk['backups']>('GET /operations/backups')
export const makeBackup = endpoint<Desk['makeBackup']>('POST /operations/backups')
export const checkBackup = endpoint<Desk['checkBackup']>('POST /operations/backups/:name/check')
export const drillBackup = endpoint<Desk['drillBackup']>('POST /operations/backups/:name/drill')
export const logs = endpoint<Desk['logs']>('GET /operations/logs')
