// Written by `npm run reports` from the contracts: the fields that forms name, as `fields.<operation>.<field>`.
import type { InputOf } from '../kernel/contract.ts'
import type { consentAudit } from '../services/consent-audit/contract.ts'
import type { healthLinks } from '../services/health-links/contract.ts'
import type { healthTracking } from '../services/health-tracking/contract.ts'
import type { medicalRecords } from '../services/medical-records/contract.ts'
import type { userProfile } from '../services/user-profile/contract.ts'
import { type FieldsOf, tablesOf } from './parts/fieldTable.ts'

const rows = {
  acceptInvitation: {
    code: 't!,100',
  },
  answerRequest: {
    answer: 't!,4000',
    outcome: 'c!:done|refused',
  },
  changeReportStatus: {
    reason: 't,500',
    superseded_by: 't',
  },
  complain: {
    detail: 't!,4000',
    subject: 't!,200',
  },
  createGoal: {
    goal_type: 'c:target|improvement|maintenance|reduction',
    metric_type: 'c!',
    target_date: 'd',
    target_value: 'n',
    title: 't!,200',
  },
  createGrant: {
    access: 'c:read|write',
    categories: 'l!,17',
    email: 'e',
    label: 't,100',
    relation: 'c:caregiver|clinician|family|other',
  },
  createHealthLink: {
    categories: 'l,30',
    expires_days: 'i1,366',
    is_long_term: 'b',
    label: 't,80',
    max_uses: 'i1,1000',
    passcode: 't4,64',
  },
  createLink: {
    categories: 'l,17',
    expires_days: 'i1,90',
    label: 't,100',
    max_uses: 'i1,1000',
    passcode: 't4,64',
  },
  createProfile: {
    date_of_birth: 'd',
    display_name: 't!,100',
    relationship: 'c!:self|child|partner|parent|sibling|other',
  },
  createReport: {
    author: 't,200',
    content: 't!,100000',
    facility: 't,200',
    report_type: 'c!',
    summary: 't,2000',
    title: 't!,300',
  },
  createStudy: {
    body_part: 't,100',
    description: 't,500',
    facility: 't,200',
    findings: 't,20000',
    impression: 't,5000',
    modality: 'c!',
    notes: 't,2000',
    performed_by: 't,200',
    status: 'c:SCHEDULED|IN_PROGRESS|COMPLETED|CANCELLED|FAILED',
  },
  noteAuthorityNotice: {
    reference: 't!,200',
  },
  proveGuardian: {
    password: 'p,200',
    relationship: 'c!:parent|legal_guardian',
  },
  recordBloodPressure: {
    diastolic: 'n!',
    has_warning_symptoms: 'b',
    heart_rate: 'n',
    measurement_notes: 't,1000',
    systolic: 'n!',
    timestamp: 'z',
  },
  recordBreach: {
    account_ids: 'l,1000',
    advice: 't!,2000',
    categories: 'l!,17',
    consequences: 't!,2000',
    detected_at: 'z!,40',
    measures: 't!,2000',
    nature: 't!,4000',
    title: 't!,200',
  },
  recordMetric: {
    notes: 't,2000',
    timestamp: 'z',
    unit: 't,50',
    value: 'n!',
  },
  recordSymptom: {
    description: 't,2000',
    severity_level: 'n1,10',
    start_time: 'z',
    symptom_category: 'c!',
    symptom_name: 't!,200',
  },
  saveCardNotes: {
    notes: 't!,500',
  },
  updateReport: {
    change_reason: 't,500',
  },
}

interface Operations {
  readonly acceptInvitation: (typeof consentAudit)['operations']['acceptInvitation']
  readonly answerRequest: (typeof consentAudit)['operations']['answerRequest']
  readonly changeReportStatus: (typeof medicalRecords)['operations']['changeReportStatus']
  readonly complain: (typeof consentAudit)['operations']['complain']
  readonly createGoal: (typeof healthTracking)['operations']['createGoal']
  readonly createGrant: (typeof consentAudit)['operations']['createGrant']
  readonly createHealthLink: (typeof healthLinks)['operations']['createHealthLink']
  readonly createLink: (typeof consentAudit)['operations']['createLink']
  readonly createProfile: (typeof userProfile)['operations']['createProfile']
  readonly createReport: (typeof medicalRecords)['operations']['createReport']
  readonly createStudy: (typeof medicalRecords)['operations']['createStudy']
  readonly noteAuthorityNotice: (typeof consentAudit)['operations']['noteAuthorityNotice']
  readonly proveGuardian: (typeof consentAudit)['operations']['proveGuardian']
  readonly recordBloodPressure: (typeof healthTracking)['operations']['recordBloodPressure']
  readonly recordBreach: (typeof consentAudit)['operations']['recordBreach']
  readonly recordMetric: (typeof healthTracking)['operations']['recordMetric']
  readonly recordSymptom: (typeof healthTracking)['operations']['recordSymptom']
  readonly saveCardNotes: (typeof healthLinks)['operations']['saveCardNotes']
  readonly updateReport: (typeof medicalRecords)['operations']['updateReport']
}

type Rows = typeof rows
type Tables = {
  readonly [Name in keyof Rows]: FieldsOf<Operations[Name], keyof Rows[Name] & keyof InputOf<Operations[Name]>>
}

/** The fields of the operations that forms send; the compiler knows each, and its type. */
export const fields = tablesOf<Tables>(rows)
