import type { deviceData } from '../../services/device-data/contract.ts'
import type { healthTracking } from '../../services/health-tracking/contract.ts'
import type { medicalRecords } from '../../services/medical-records/contract.ts'
import { endpoint } from '../client/endpoint.ts'

type Tracking = typeof healthTracking.operations
type Records = typeof medicalRecords.operations
type Devices = typeof deviceData.operations

export const careBoard = endpoint<Tracking['careBoard']>('GET /care-board', { isKept: true })
export const deviceBoard = endpoint<Devices['deviceBoard']>('GET /device-data/care-board', { isKept: true })
export const retestBoard = endpoint<Records['retestBoard']>('GET /lab-results/care-board', { isKept: true })
export const findTracked = endpoint<Tracking['findTracked']>('GET /health-tracking/find')
export const findRecords = endpoint<Records['findRecords']>('GET /medical-records/find')
