import { fhirChangedEvent, projection } from '../../../kernel/projection.ts'

/** What a source measured within an hour of UTC, as one Observation: `ts-<series>-<yyyymmddhh>`. */
export const hoursProjection = projection('hours', {
  category: 'devices',
  types: ['Observation'],
  ids: /^ts-[1-9]\d{0,14}-\d{10}$/,
})
/** What a source measured on a local day, summed up: `day-<series>-<yyyymmdd>`. */
export const daysProjection = projection('days', {
  category: 'devices',
  types: ['Observation'],
  ids: /^day-[1-9]\d{0,14}-\d{8}$/,
})
/** Devices that the person owns or wears. */
export const devicesProjection = projection('devices', { category: 'devices', types: ['Device'] })

/** Traces that a device recorded (ECG): `ecg-<id>`. */
export const recordingsProjection = projection('recordings', {
  category: 'devices',
  types: ['Observation'],
  ids: /^ecg-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
})

export const projectionOperations = {
  ...hoursProjection.operations,
  ...daysProjection.operations,
  ...devicesProjection.operations,
  ...recordingsProjection.operations,
}

export const projectionEvents = { fhirChanged: fhirChangedEvent() }

export const projections = [
  hoursProjection.declaration,
  daysProjection.declaration,
  devicesProjection.declaration,
  recordingsProjection.declaration,
]
