import type { healthLinks } from '../../services/health-links/contract.ts'
import { endpoint } from '../client/endpoint.ts'

type Links = typeof healthLinks.operations

export const readEmergencyCard = endpoint<Links['readEmergencyCard']>('GET /emergency-card', { isKept: true })
