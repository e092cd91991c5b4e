import {
  ALL_CATEGORIES,
  ALL_PURPOSES,
  ALL_RECIPIENTS,
  type Category,
  type Purpose,
  type Recipient,
  UNSHAREABLE,
} from '../contract/words.ts'

/** One cell of the matrix: what data, what for, to whom. */
export interface Cell {
  readonly category: Category
  readonly purpose: Purpose
  readonly recipient: Recipient
}

const cell = (category: Category, purpose: Purpose, recipient: Recipient): Cell => ({ category, purpose, recipient })

/** Categories that may be shared with another person or by a link. */
export const SHAREABLE = ALL_CATEGORIES.filter((one) => !UNSHAREABLE.includes(one))

/** Whether the word is a category of the matrix. */
export function isCategory(word: string): word is Category {
  return (ALL_CATEGORIES as readonly string[]).includes(word)
}

const isPurpose = (word: string): word is Purpose => (ALL_PURPOSES as readonly string[]).includes(word)
const isRecipient = (word: string): word is Recipient => (ALL_RECIPIENTS as readonly string[]).includes(word)

/** Whether the word is a category that may be shared. */
export function isShareable(word: string): word is Category {
  return (SHAREABLE as readonly string[]).includes(word)
}

/** The purposes of the S001 sign-up, as cells of the matrix. */
const SIGN_UP_PURPOSES: Readonly<Record<string, readonly Cell[]>> = {
  emergency_sharing: [
    cell('emergency', 'emergency', 'emergency_responder'),
    cell('emergency', 'emergency', 'ambulance'),
  ],
  health_record_storage: [cell('health_records', 'storage', 'self'), cell('documents', 'storage', 'self')],
  ai_symptom_checker: [cell('diagnostics', 'ai_processing', 'ai_service')],
  mental_health_processing: [cell('mental_health', 'ai_processing', 'ai_service')],
  medicine_reminders: [cell('medications', 'reminder', 'self')],
  hospital_sharing: [cell('health_records', 'sharing', 'hospital')],
}

/** The consent types of S002's sign-in service. */
const CONSENT_TYPES: Readonly<Record<string, readonly Cell[]>> = {
  hipaa_privacy: [cell('health_records', 'storage', 'self')],
  hipaa_treatment: [cell('health_records', 'treatment', 'healthcare_worker')],
  hipaa_payment: [cell('personal_info', 'operations', 'insurer')],
  hipaa_operations: [cell('health_records', 'operations', 'hospital')],
  data_processing: [cell('personal_info', 'storage', 'self')],
  marketing: [cell('personal_info', 'marketing', 'third_party')],
  research: [cell('health_records', 'research', 'researcher')],
  third_party_sharing: [cell('health_records', 'sharing', 'third_party')],
  ai_analysis: [cell('health_records', 'ai_processing', 'ai_service')],
  device_integration: [cell('devices', 'storage', 'self')],
  emergency_access: [cell('emergency', 'emergency', 'emergency_responder')],
  family_access: [cell('health_records', 'sharing', 'family')],
  provider_access: [cell('health_records', 'sharing', 'healthcare_worker')],
  insurance_access: [cell('health_records', 'sharing', 'insurer')],
  pharma_access: [cell('medications', 'sharing', 'pharmacy')],
}

/** The processing purposes of S002 that are named otherwise here. */
const PROCESSING_PURPOSES: Readonly<Record<string, Purpose>> = {
  payment: 'operations',
  healthcare_operations: 'operations',
  public_health: 'operations',
  legal_requirement: 'operations',
  quality_improvement: 'operations',
  patient_safety: 'operations',
  machine_learning: 'ai_processing',
}

/** Features that use a language model, and the consent each needs. */
export const AI_FEATURES: Readonly<Record<string, Cell>> = {
  symptom_checker: cell('diagnostics', 'ai_processing', 'ai_service'),
  mental_health_chat: cell('mental_health', 'ai_processing', 'ai_service'),
  document_analysis: cell('documents', 'ai_processing', 'ai_service'),
  health_insights: cell('health_records', 'ai_processing', 'ai_service'),
  medication_interaction: cell('medications', 'ai_processing', 'ai_service'),
}

/** Words of every list that stands for cells of the matrix. */
export const CONSENT_WORDS = [
  ...Object.keys(SIGN_UP_PURPOSES),
  ...Object.keys(CONSENT_TYPES),
  ...Object.keys(AI_FEATURES),
]

/** The cells that a word of one of the old lists stands for; undefined for a word of none. */
export function cellsOfWord(word: string): readonly Cell[] | undefined {
  const key = word.toLowerCase()
  const feature = AI_FEATURES[key]
  return SIGN_UP_PURPOSES[key] ?? CONSENT_TYPES[key] ?? (feature === undefined ? undefined : [feature])
}

/** A purpose by its own name or S002's; undefined for a word of neither. */
export function purposeOf(word: string): Purpose | undefined {
  const key = word.toLowerCase()
  return isPurpose(key) ? key : PROCESSING_PURPOSES[key]
}

/** Why three words are no cell. */
export type CellFault = 'DPDP_CATEGORY_NOT_ALLOWED' | 'DPDP_PURPOSE_NOT_ALLOWED'

/**
 * Reads category, purpose and recipient as the old clients write them; a purpose of the sign-up list stands for its cells
 * whatever category came with it.
 */
export function readCells(given: {
  readonly category: string
  readonly purpose: string
  readonly recipient: string
}): readonly Cell[] | { readonly fault: CellFault } {
  const whole = SIGN_UP_PURPOSES[given.purpose.toLowerCase()]
  if (whole !== undefined) return whole
  const category = given.category.toLowerCase()
  if (!isCategory(category) || category === 'rights') return { fault: 'DPDP_CATEGORY_NOT_ALLOWED' }
  const purpose = purposeOf(given.purpose)
  const recipient = given.recipient.toLowerCase()
  if (purpose === undefined || !isRecipient(recipient)) return { fault: 'DPDP_PURPOSE_NOT_ALLOWED' }
  // What is said to a companion is for no other eyes; only its own processing can be consented to.
  if (category === 'conversations' && purpose !== 'ai_processing' && purpose !== 'storage') {
    return { fault: 'DPDP_PURPOSE_NOT_ALLOWED' }
  }
  return [{ category, purpose, recipient }]
}

/** Sections that the share pages of S002 know, as categories. */
const SHARE_SECTIONS: Readonly<Record<string, Category>> = {
  summary: 'personal_info',
  medications: 'medications',
  lab_results: 'diagnostics',
  symptoms: 'symptoms',
  care_plans: 'goals',
  insights: 'wellness',
  wearable_data: 'devices',
  medical_records: 'health_records',
  nutrition: 'nutrition',
}

/** A shareable category by its own name or that of a section of S002; undefined for anything else. */
export function shareableOf(word: string): Category | undefined {
  const key = word.toLowerCase()
  return isShareable(key) ? key : SHARE_SECTIONS[key]
}
