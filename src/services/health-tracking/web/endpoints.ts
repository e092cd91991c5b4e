import { endpoint } from '../../../web/client/endpoint.ts'
import type { healthTracking } from '../contract.ts'

type Tracking = typeof healthTracking.operations

export const dashboard = endpoint<Tracking['dashboard']>('GET /dashboard/summary', { isKept: true })
export const listMetricTypes = endpoint<Tracking['listMetricTypes']>('GET /metrics/types/list', { isKept: true })
export const recordMetric = endpoint<Tracking['recordMetric']>('POST /metrics', { mayWait: true })
export const listMetrics = endpoint<Tracking['listMetrics']>('GET /metrics', { isKept: true })
export const deviceDays = endpoint<Tracking['deviceDays']>('GET /metrics/of-devices', { isKept: true })
export const deleteMetric = endpoint<Tracking['deleteMetric']>('DELETE /metrics/:id')
export const recordBloodPressure = endpoint<Tracking['recordBloodPressure']>('POST /vitals/blood-pressure', {
  mayWait: true,
})
export const deleteVital = endpoint<Tracking['deleteVital']>('DELETE /vitals/:id')
export const trends = endpoint<Tracking['trends']>('GET /analytics/trends', { isKept: true })
export const baselines = endpoint<Tracking['baselines']>('GET /baselines', { isKept: true })

export const recordSymptom = endpoint<Tracking['recordSymptom']>('POST /symptoms', { mayWait: true })
export const listSymptoms = endpoint<Tracking['listSymptoms']>('GET /symptoms', { isKept: true })
export const deleteSymptom = endpoint<Tracking['deleteSymptom']>('DELETE /symptoms/:id')

export const createGoal = endpoint<Tracking['createGoal']>('POST /goals')
export const listGoals = endpoint<Tracking['listGoals']>('GET /goals', { isKept: true })
export const updateGoal = endpoint<Tracking['updateGoal']>('PUT /goals/:id')
export const completeGoal = endpoint<Tracking['completeGoal']>('POST /goals/:id/complete')
export const deleteGoal = endpoint<Tracking['deleteGoal']>('DELETE /goals/:id')

export const listAlerts = endpoint<Tracking['listAlerts']>('GET /alerts', { isKept: true })
export const acknowledgeAlert = endpoint<Tracking['acknowledgeAlert']>('POST /alerts/:id/acknowledge')
