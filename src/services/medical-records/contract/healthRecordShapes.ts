import {
  date,
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import { CRITICAL_TYPES } from './review.ts'
import { Document, documentId, STORAGE_POLICIES } from './shapes.ts'

/** The types of S001, as its clients know them. */
export const RECORD_TYPES = [
  'prescription',
  'lab_report',
  'radiology',
  'discharge_summary',
  'medical_certificate',
  'other',
] as const

export const rights = { kind: 'person', category: 'rights' } as const
export const emergency = { kind: 'person', category: 'emergency' } as const

export const shown = (maximum: number) => optional(nullable(text(maximum, { minimum: 0 })))
const share = optional(nullable(number(0, 1)))
/** Of an answer of `analyze` that comes back: says that the value is a program's, unless it was changed. */
const read = { confidence: share, confirmed: optional(flag()), doubts: optional(list(text(40), 30)) }

const givenMedications = list(
  object({
    name: text(120),
    dosage: shown(60),
    frequency: shown(80),
    duration: shown(60),
    instructions: shown(300),
    ...read,
  }),
  100,
)

const givenResults = list(
  object({
    test_name: text(120),
    result_value: Type.Union([text(120), Type.Number()]),
    unit: shown(40),
    reference_range: shown(120),
    is_abnormal: optional(nullable(flag())),
    ...read,
  }),
  300,
)

const givenCritical = list(
  object({ info_type: oneOf(CRITICAL_TYPES), value: text(200), severity: shown(40), confirmed: optional(flag()) }),
  50,
)

export const values = {
  diagnosis: shown(500),
  medications: optional(givenMedications),
  test_results: optional(givenResults),
  critical_info: optional(givenCritical),
}

export const about = {
  document_type: optional(oneOf(RECORD_TYPES)),
  title: optional(text(200)),
  date: optional(nullable(date())),
  doctor: shown(200),
  hospital: shown(200),
  patient_name: shown(200),
  notes: shown(5000),
}

/** What else `analyze` answers: old clients send all of it back, and none of it is taken. */
export const echoed = {
  id: optional(nullable(integer(1, Number.MAX_SAFE_INTEGER))),
  overall_confidence: share,
  purpose_tag: shown(60),
  ai_disclaimer: shown(500),
  warnings: optional(list(text(60), 30)),
  fault: shown(60),
  save_before: shown(40),
}

const Medication = object({
  name: Type.String(),
  dosage: nullable(Type.String()),
  frequency: nullable(Type.String()),
  duration: nullable(Type.String()),
  instructions: nullable(Type.String()),
  confidence: Type.Number(),
  confirmed: Type.Boolean(),
})

const TestResult = object({
  test_name: Type.String(),
  result_value: Type.String(),
  unit: nullable(Type.String()),
  reference_range: nullable(Type.String()),
  is_abnormal: nullable(Type.Boolean({ description: 'against the range that is printed; null without one' })),
  confidence: Type.Number(),
  confirmed: Type.Boolean(),
  doubts: Type.Array(Type.String()),
})

export const Critical = object({
  info_type: oneOf(CRITICAL_TYPES),
  value: Type.String(),
  severity: nullable(Type.String()),
  confirmed: Type.Boolean(),
})

const analysed = {
  document_type: oneOf(RECORD_TYPES),
  date: nullable(Type.String()),
  doctor: nullable(Type.String()),
  hospital: nullable(Type.String()),
  patient_name: nullable(Type.String()),
  diagnosis: nullable(Type.String()),
  medications: Type.Array(Medication),
  test_results: Type.Array(TestResult),
  notes: nullable(Type.String()),
  critical_info: Type.Array(Critical),
  overall_confidence: Type.Number({ description: '0 to 1; share of the values without a doubt' }),
  purpose_tag: Type.String(),
  storage_policy: oneOf(STORAGE_POLICIES),
  ai_disclaimer: Type.String(),
}

export const HealthRecord = object({
  id: Type.Integer(),
  record_id: uuid(),
  title: Type.String(),
  ...analysed,
  verified: Type.Boolean({ description: 'no value waits for the person' }),
  expires_at: nullable(Type.String()),
  created_at: Type.String(),
})

/** What `analyze` answers; its `record_id` is null where nothing was kept. */
export const Analysis = object({
  ...analysed,
  id: nullable(Type.Integer()),
  record_id: nullable(uuid()),
  warnings: Document.properties.warnings,
  fault: Document.properties.fault,
  save_before: nullable(Type.String({ description: 'a draft that nobody saves until then is removed' })),
})

export const Card = object({
  id: Type.Integer(),
  record_id: uuid(),
  date: nullable(Type.String()),
  document_type: oneOf(RECORD_TYPES),
  title: Type.String(),
  doctor_name: nullable(Type.String()),
  hospital_name: nullable(Type.String()),
  storage_policy: oneOf(STORAGE_POLICIES),
  expires_at: nullable(Type.String()),
  created_at: Type.String(),
})

export const Cards = object({ records: Type.Array(Card), total_count: Type.Integer() })
export const window = {
  limit: optional(integer(1, 200, { default: 100 })),
  offset: optional(integer(0, 1_000_000, { default: 0 })),
}
export const one = object({ id: documentId })

/** One fact for helpers: of a confirmed value of a document, or of an entry of the record. */
export const EmergencyFact = object({
  kind: oneOf(['blood_group', 'allergy', 'condition', 'medication']),
  text: Type.String(),
  detail: nullable(Type.String({ description: 'reaction, severity or dosage' })),
  source: oneOf(['document', 'entered', 'imported', 'demo']),
  noted_at: Type.String({ description: 'ISO 8601: when it was confirmed or last changed' }),
})
