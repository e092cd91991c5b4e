// Written by `npm run reports` from the contracts: the fields that forms name, as `fields.<operation>.<field>`.
import type { InputOf } from '../kernel/contract.ts'
import type { desk } from '../kernel/desk/contract.ts'
import type { auth } from '../services/auth/contract.ts'
import type { consentAudit } from '../services/consent-audit/contract.ts'
import type { deviceData } from '../services/device-data/contract.ts'
import type { healthLinks } from '../services/health-links/contract.ts'
import type { healthTracking } from '../services/health-tracking/contract.ts'
import type { medicalRecords } from '../services/medical-records/contract.ts'
import type { userProfile } from '../services/user-profile/contract.ts'
import { type FieldsOf, tablesOf } from './parts/fieldTable.ts'

export const rows = {
  acceptInvitation: { code: 't!,100' },
  addPasskey: { name: 't,60' },
  answerRequest: {
    answer: 't!,4000',
    outcome: 'c!:done|refused',
  },
  beginPasskey: { password: 'p,1024' },
  changePassword: {
    current_password: 'p!,1024',
    new_password: 'p!,1024',
  },
  changeProfile: {
    allergies: 'l,100',
    blood_type: 'c:A+|A-|B+|B-|AB+|AB-|O+|O-',
    conditions: 'l,100',
    date_of_birth: 'd',
    emergency_contact_name: 't,200',
    emergency_contact_phone: 't3,20',
    emergency_contact_relationship: 't,100',
    first_name: 't,100',
    language: 't,20',
    last_name: 't,100',
    medications: 'l,100',
    pregnancy_due_date: 'd',
    pregnancy_status: 'c:pregnant|not_pregnant|not_applicable|unknown',
    sex_at_birth: 'c:female|male|intersex|unknown',
    units: 'c:metric|imperial',
  },
  changeReportStatus: {
    reason: 't,500',
    superseded_by: 't',
  },
  complain: {
    detail: 't!,4000',
    subject: 't!,200',
  },
  correctValue: {
    dosage: 't,60',
    duration: 't,60',
    frequency: 't,80',
    info_value: 't,200',
    instructions: 't,300',
    name: 't,120',
    observed_on: 'd',
    reference_high: 'n',
    reference_low: 'n',
    test_name: 't,120',
    text: 't,200',
    unit: 't,40',
  },
  createClinicalEntry: {
    criticality: 'c:low|high|unable_to_assess',
    display: 't!,300',
    dosage: 't,500',
    dose_number: 'i1,100',
    lot_number: 't,60',
    notes: 't,2000',
    onset_age_years: 'i0,130',
    performer: 't,200',
    reaction: 't,500',
    relationship: 'c',
    started_on: 't,10',
    status: 't,30',
  },
  createDevice: {
    device_type: 'c!',
    manufacturer: 't,100',
    model: 't,100',
    name: 't!,100',
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
    allows_notes: 'b',
    categories: 'l,30',
    expires_days: 'i1,366',
    from: 'd',
    is_long_term: 'b',
    label: 't,80',
    max_uses: 'i1,1000',
    passcode: 't4,64',
    until: 'd',
  },
  createKey: {
    expires_in_days: 'i1,3650',
    name: 't,100',
  },
  createLabResult: {
    lab_name: 't,200',
    notes: 't,2000',
    reference_range_high: 'n',
    reference_range_low: 'n',
    test_name: 't!,200',
    unit: 't,50',
    value: 't,500',
  },
  createLink: {
    categories: 'l,17',
    expires_days: 'i1,90',
    from: 'd',
    label: 't,100',
    max_uses: 'i1,1000',
    passcode: 't4,64',
    until: 'd',
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
  createUploader: {
    label: 't!,100',
    may_read: 'b',
  },
  deleteDevice: { with_data: 'b' },
  disableTotp: {
    code: 't',
    password: 'p,1024',
  },
  endDuty: { note: 't,1000' },
  login: {
    email: 't,254',
    password: 'p,1024',
    totp: 't',
  },
  logs: {
    level: 'c:debug|info|warn|error',
    request_id: 't,64',
  },
  noteAuthorityNotice: { reference: 't!,200' },
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
  register: {
    email: 'e!',
    full_name: 't,200',
    password: 'p!,1024',
  },
  renamePasskey: { name: 't!,60' },
  saveCardNotes: { notes: 't!,500' },
  saveVisitQuestions: { questions: 'l!,3' },
  setRoles: { roles: 'l!,6' },
  setupTotp: { password: 'p,1024' },
  updateMe: { name: 't2,100' },
  updateReport: { change_reason: 't,500' },
  verifyTotp: { code: 't' },
}

interface Operations {
  readonly acceptInvitation: (typeof consentAudit)['operations']['acceptInvitation']
  readonly addPasskey: (typeof auth)['operations']['addPasskey']
  readonly answerRequest: (typeof consentAudit)['operations']['answerRequest']
  readonly beginPasskey: (typeof auth)['operations']['beginPasskey']
  readonly changePassword: (typeof auth)['operations']['changePassword']
  readonly changeProfile: (typeof userProfile)['operations']['changeProfile']
  readonly changeReportStatus: (typeof medicalRecords)['operations']['changeReportStatus']
  readonly complain: (typeof consentAudit)['operations']['complain']
  readonly correctValue: (typeof medicalRecords)['operations']['correctValue']
  readonly createClinicalEntry: (typeof medicalRecords)['operations']['createClinicalEntry']
  readonly createDevice: (typeof deviceData)['operations']['createDevice']
  readonly createGoal: (typeof healthTracking)['operations']['createGoal']
  readonly createGrant: (typeof consentAudit)['operations']['createGrant']
  readonly createHealthLink: (typeof healthLinks)['operations']['createHealthLink']
  readonly createKey: (typeof auth)['operations']['createKey']
  readonly createLabResult: (typeof medicalRecords)['operations']['createLabResult']
  readonly createLink: (typeof consentAudit)['operations']['createLink']
  readonly createProfile: (typeof userProfile)['operations']['createProfile']
  readonly createReport: (typeof medicalRecords)['operations']['createReport']
  readonly createStudy: (typeof medicalRecords)['operations']['createStudy']
  readonly createUploader: (typeof deviceData)['operations']['createUploader']
  readonly deleteDevice: (typeof deviceData)['operations']['deleteDevice']
  readonly disableTotp: (typeof auth)['operations']['disableTotp']
  readonly endDuty: (typeof consentAudit)['operations']['endDuty']
  readonly login: (typeof auth)['operations']['login']
  readonly logs: (typeof desk)['operations']['logs']
  readonly noteAuthorityNotice: (typeof consentAudit)['operations']['noteAuthorityNotice']
  readonly proveGuardian: (typeof consentAudit)['operations']['proveGuardian']
  readonly recordBloodPressure: (typeof healthTracking)['operations']['recordBloodPressure']
  readonly recordBreach: (typeof consentAudit)['operations']['recordBreach']
  readonly recordMetric: (typeof healthTracking)['operations']['recordMetric']
  readonly recordSymptom: (typeof healthTracking)['operations']['recordSymptom']
  readonly register: (typeof auth)['operations']['register']
  readonly renamePasskey: (typeof auth)['operations']['renamePasskey']
  readonly saveCardNotes: (typeof healthLinks)['operations']['saveCardNotes']
  readonly saveVisitQuestions: (typeof healthLinks)['operations']['saveVisitQuestions']
  readonly setRoles: (typeof auth)['operations']['setRoles']
  readonly setupTotp: (typeof auth)['operations']['setupTotp']
  readonly updateMe: (typeof auth)['operations']['updateMe']
  readonly updateReport: (typeof medicalRecords)['operations']['updateReport']
  readonly verifyTotp: (typeof auth)['operations']['verifyTotp']
}

type Rows = typeof rows
type Tables = {
  readonly [Name in keyof Rows]: FieldsOf<Operations[Name], keyof Rows[Name] & keyof InputOf<Operations[Name]>>
}

/** The fields of the operations that forms send; the compiler knows each, and its type. */
export const fields = /* @__PURE__ */ tablesOf<Tables>(rows)
