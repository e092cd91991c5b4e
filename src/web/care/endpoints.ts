import type { consentAudit } from '../../services/consent-audit/contract.ts'
import type { deviceData } from '../../services/device-data/contract.ts'
import type { healthLinks } from '../../services/health-links/contract.ts'
import type { healthTracking } from '../../services/health-tracking/contract.ts'
import type { medicalRecords } from '../../services/medical-records/contract.ts'
import { endpoint } from '../client/endpoint.ts'

type Tracking = typeof healthTracking.operations
type Records = typeof medicalRecords.operations
type Devices = typeof deviceData.operations
type Consent = typeof consentAudit.operations
type Links = typeof healthLinks.operations

export const careBoard = endpoint<Tracking['careBoard']>('GET /care-board', { isKept: true })
export const deviceBoard = endpoint<Devices['deviceBoard']>('GET /device-data/care-board', { isKept: true })
export const retestBoard = endpoint<Records['retestBoard']>('GET /lab-results/care-board', { isKept: true })
export const findTracked = endpoint<Tracking['findTracked']>('GET /health-tracking/find')
export const findRecords = endpoint<Records['findRecords']>('GET /medical-records/find')
export const listDuties = endpoint<Consent['listDuties']>('GET /sharing/duty', { isKept: true })
export const takeDuty = endpoint<Consent['takeDuty']>('PUT /sharing/duty/:person_id')
export const endDuty = endpoint<Consent['endDuty']>('POST /sharing/duty/:person_id/end')
export const readVisitQuestions = endpoint<Links['readVisitQuestions']>('GET /visit-questions', { isKept: true })
export const saveVisitQuestions = endpoint<Links['saveVisitQuestions']>('PUT /visit-questions')
