import { endpoint } from '../../../web/client/endpoint.ts'
import type { connectOperation } from '../contract/signIn.ts'
import type { deviceData } from '../contract.ts'

type Device = (typeof deviceData)['operations']

export const listDevices = endpoint<Device['listDevices']>('GET /devices', { isKept: true })
export const createDevice = endpoint<Device['createDevice']>('POST /devices')
export const deleteDevice = endpoint<Device['deleteDevice']>('DELETE /devices/:id')
export const listSources = endpoint<Device['listSources']>('GET /device-data/sources', { isKept: true })
export const listSourceOrders = endpoint<Device['listSourceOrders']>('GET /device-data/source-order')
export const setSourceOrder = endpoint<Device['setSourceOrder']>('PUT /device-data/source-order')
export const resetSourceOrder = endpoint<Device['resetSourceOrder']>('DELETE /device-data/source-order')
export const deleteSource = endpoint<Device['deleteSource']>('DELETE /health-data/source/:source')
export const supportedIntegrations = endpoint<Device['supportedIntegrations']>('GET /integrations/supported', {
  isKept: true,
})
export const connectIntegration = endpoint<typeof connectOperation>('POST /integrations/:device_id/connect')
export const disconnectIntegration = endpoint<Device['disconnectIntegration']>(
  'POST /integrations/:device_id/disconnect',
)
export const integrationInfo = endpoint<Device['integrationInfo']>('GET /integrations/:device_id/info')
export const syncIntegration = endpoint<Device['syncIntegration']>('POST /integrations/:device_id/sync')
export const createUploader = endpoint<Device['createUploader']>('POST /device-data/uploaders')
export const listUploaders = endpoint<Device['listUploaders']>('GET /device-data/uploaders')
export const deleteUploader = endpoint<Device['deleteUploader']>('DELETE /device-data/uploaders/:id')
export const vocabulary = endpoint<Device['vocabulary']>('GET /device-data/vocabulary')
export const listImports = endpoint<Device['listImports']>('GET /device-data/imports')
export const readImport = endpoint<Device['readImport']>('GET /device-data/imports/:id')
export const answerImport = endpoint<Device['answerImport']>('POST /device-data/imports/:id/mapping')
export const deleteImport = endpoint<Device['deleteImport']>('DELETE /device-data/imports/:id')
export const listRecordings = endpoint<Device['listRecordings']>('GET /device-data/recordings')
export const readRecording = endpoint<Device['readRecording']>('GET /device-data/recordings/:id')
export const deleteRecording = endpoint<Device['deleteRecording']>('DELETE /device-data/recordings/:id')
export const aggregate = endpoint<Device['aggregate']>('GET /data/aggregation')
export const glucoseAnalytics = endpoint<Device['glucoseAnalytics']>('GET /device-data/analytics/glucose')
export const hrvAnalytics = endpoint<Device['hrvAnalytics']>('GET /device-data/analytics/hrv')
export const sleepAnalytics = endpoint<Device['sleepAnalytics']>('GET /device-data/analytics/sleep')
export const restingHeartRate = endpoint<Device['restingHeartRate']>('GET /device-data/analytics/resting-heart-rate')
export const bloodPressureAnalytics = endpoint<Device['bloodPressureAnalytics']>(
  'GET /device-data/analytics/blood-pressure',
)
