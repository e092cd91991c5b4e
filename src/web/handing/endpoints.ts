import type { healthLinks } from '../../services/health-links/contract.ts'
import { endpoint } from '../client/endpoint.ts'

type Links = typeof healthLinks.operations

export const createHealthLink = endpoint<Links['createHealthLink']>('POST /shl')
export const listHealthLinks = endpoint<Links['listHealthLinks']>('GET /shl')
export const revokeHealthLink = endpoint<Links['revokeHealthLink']>('DELETE /shl/:id')
export const saveCardNotes = endpoint<Links['saveCardNotes']>('PUT /emergency-card/notes')
export const readCardLink = endpoint<Links['readCardLink']>('GET /emergency-card/link')
export const turnCardLinkOn = endpoint<Links['turnCardLinkOn']>('POST /emergency-card/link')
export const turnCardLinkOff = endpoint<Links['turnCardLinkOff']>('DELETE /emergency-card/link')
