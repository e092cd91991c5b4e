import type { consentAudit } from '../../services/consent-audit/contract.ts'
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
export const listLinkNotes = endpoint<Links['listLinkNotes']>('GET /shl/notes')
export const acceptLinkNote = endpoint<Links['acceptLinkNote']>('POST /shl/notes/:id/accept')
export const declineLinkNote = endpoint<Links['declineLinkNote']>('DELETE /shl/notes/:id')
/** As in `care/endpoints.ts`: two pages that are loaded apart share no file for a line. */
export const listDuties = endpoint<(typeof consentAudit.operations)['listDuties']>('GET /sharing/duty')
