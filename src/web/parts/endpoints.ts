import type { healthLinks } from '../../services/health-links/contract.ts'
import { endpoint } from '../client/endpoint.ts'

export const drawCode = endpoint<(typeof healthLinks.operations)['drawCode']>('POST /qr')
