import { endpoint } from '../../../web/client/endpoint.ts'
import type { healthTracking } from '../contract.ts'

type Tracking = typeof healthTracking.operations

export const dashboard = endpoint<Tracking['dashboard']>('GET /dashboard/summary')
export const listMetricTypes = endpoint<Tracking['listMetricTypes']>('GET /metrics/types/list')
export const recordMetric = endpoint<Tracking['recordMetric']>('POST /metrics')
export const listMetrics = endpoint<Tracking['listMetrics']>('GET /metrics')
export const deleteMetric = endpoint<Tracking['deleteMetric']>('DELETE /metrics/:id')
export const recordBloodPressure = endpoint<Tracking['recordBloodPressure']>('POST /vitals/blood-pressure')
export const deleteVital = endpoint<Tracking['deleteVital']>('DELETE /vitals/:id')
export const trends = endpoint<Tracking['trends']>('GET /analytics/trends')
export const baselines = endpoint<Tracking['baselines']>('GET /baselines')

export const recordSymptom = endpoint<Tracking['recordSymptom']>('POST /symptoms')
export const listSymptoms = endpoint<Tracking['listSymptoms']>('GET /symptoms')
export const deleteSymptom = endpoint<Tracking['deleteSymptom']>('DELETE /symptoms/:id')

export const createGoal = endpoint<Tracking['createGoal']>('POST /goals')
export const listGoals = endpoint<Tracking['listGoals']>('GET /goals')
export const updateGoal = endpoint<Tracking['updateGoal']>('PUT /goals/:id')
export const completeGoal = endpoint<Tracking['completeGoal']>('POST /goals/:id/complete')
export const deleteGoal = endpoint<Tracking['deleteGoal']>('DELETE /goals/:id')

export const listAlerts = endpoint<Tracking['listAlerts']>('GET /alerts')
export const acknowledgeAlert = endpoint<Tracking['acknowledgeAlert']>('POST /alerts/:id/acknowledge')
