import type { auth } from '../../services/auth/contract.ts'
import { endpoint } from '../client/endpoint.ts'

export const drawCode = endpoint<(typeof auth.operations)['drawCode']>('POST /qr')
