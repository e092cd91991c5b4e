import { integer, nullable, object, optional, Type, uuid } from '../../../kernel/fields.ts'

/** 4.4: what the clients of the source systems may say of a device, in their order. */
export const DEVICE_TYPES = [
  ...['wearable', 'smartwatch', 'fitness_tracker', 'smart_ring', 'smart_band', 'smart_clothing', 'smart_shoes'],
  ...['smart_glasses', 'smart_earbuds', 'blood_pressure_monitor', 'glucose_monitor', 'thermometer', 'scale'],
  ...['sleep_tracker', 'heart_rate_monitor', 'oxygen_monitor', 'ecg_monitor', 'blood_glucose_meter', 'insulin_pump'],
  ...['continuous_glucose_monitor', 'pulse_oximeter', 'blood_pressure_cuff', 'therapy_device', 'medication_dispenser'],
  ...['cpap_machine', 'inhaler', 'hearing_aid', 'prosthetic', 'mobile_app', 'health_platform', 'fitness_app'],
  ...['nutrition_app', 'meditation_app', 'smart_mirror', 'smart_toilet', 'smart_shower', 'air_quality_monitor'],
  ...['water_quality_monitor', 'fertility_tracker', 'pregnancy_monitor', 'baby_monitor', 'pet_health_tracker'],
  ...['athletic_performance', 'clinical_device', 'research_device', 'lab_equipment', 'other'],
]
export const DEVICE_STATUSES = [
  ...['active', 'inactive', 'connecting', 'disconnected', 'error', 'maintenance', 'offline', 'syncing'],
]
export const CONNECTION_TYPES = ['bluetooth', 'wifi', 'usb', 'nfc', 'cellular', 'manual', 'api']

/** How a sample came about, as the clients of the source systems name it (source-systems 4.4). */
export const ENTRIES = [
  'device_sync',
  'manual_entry',
  'api_import',
  'batch_upload',
  'real_time_stream',
  'calculated',
  'inferred',
] as const
export type Entry = (typeof ENTRIES)[number]

/** What the source says of the quality of a sample. */
export const QUALITIES = ['unknown', 'excellent', 'good', 'fair', 'poor'] as const
export type Quality = (typeof QUALITIES)[number]

export const person = { kind: 'person', category: 'devices' } as const

export const time = Type.String({ description: 'ISO 8601, UTC' })
export const nullableTime = nullable(time)
export const nullableNumber = nullable(Type.Number())
export const nullableText = nullable(Type.String())
export const count = Type.Integer({ minimum: 0 })
export const deviceId = uuid('the device')

/** The form of the path that the clients of S002 use. */
export function also(...routes: string[]): string[] {
  return routes.map((route) => route.replace(' /', ' /device-data/api/v1/device-data/'))
}

/** Pages by number as S002 has them, or by cursor. */
export const pagingFields = {
  limit: optional(integer(1, 1000, { description: 'rows of a page; `size` says the same' })),
  size: optional(integer(1, 1000)),
  page: optional(integer(1, 100_000)),
  skip: optional(integer(0, 1_000_000)),
  offset: optional(integer(0, 1_000_000)),
}

/** A word from a list, whatever its case. */
export function word(words: readonly string[], description?: string) {
  return Type.String({
    minLength: 1,
    maxLength: 60,
    pattern: `^(${words.map(anyCase).join('|')})$`,
    ...(description === undefined ? {} : { description }),
  })
}

function anyCase(text: string): string {
  return text.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
}

export const Message = object({ message: Type.String() })
