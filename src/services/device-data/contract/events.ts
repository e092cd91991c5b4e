import { event } from '../../../kernel/contract.ts'
import { nullable, object, oneOf, Type, uuid } from '../../../kernel/fields.ts'
import { nullableText, time } from './shapes.ts'

export const DEVICE_EVENT_TYPES = [
  'raw_data_received',
  'data_processed',
  'device_anomaly_detected',
  'calibration_event',
  'data_quality_issue',
  'sync_event',
] as const

const DeviceEvent = object({
  user_id: uuid(),
  event_type: oneOf(DEVICE_EVENT_TYPES),
  timestamp: time,
  device_id: nullable(uuid()),
  device_name: nullableText,
  data_point_id: nullable(uuid()),
  data_type: nullableText,
  value: nullable(Type.Number()),
  unit: nullableText,
  quality: nullableText,
  metadata: Type.Record(Type.String(), Type.Unknown()),
})

const topic = 'device-data-events'

/** Fields as S002 documents them; one type for each word, so that a consumer hears only what it asks for. */
export const events = {
  rawDataReceived: event(1, DeviceEvent, { topic, summary: 'Samples came in: how many, of which types, from where' }),
  dataProcessed: event(1, DeviceEvent, { topic, summary: 'The person corrected a value, or removed it (no value)' }),
  deviceAnomalyDetected: event(1, DeviceEvent, { topic, summary: 'A day lies far outside the person’s own usual' }),
  dataQualityIssue: event(1, DeviceEvent, { topic, summary: 'Samples were refused, with the reasons' }),
  calibrationEvent: event(1, DeviceEvent, { topic, summary: 'A sensor was calibrated' }),
  syncEvent: event(1, DeviceEvent, { topic, summary: 'A sync with a maker ended' }),
}
