import type { ControlName } from '../contract/compliance.ts'

/** What each control does when it is executed. */
export const CONTROL_WORDS: Readonly<Record<ControlName, string>> = {
  rows_closed_by_person: 'Reads from the database that every table about people is closed row by row',
  consent_enforced: 'Gives and withdraws a consent of a person that does not exist, and asks the database each time',
  grant_enforced:
    'Writes a row of a person that does not exist and reads it as somebody else: without, with, and after a right',
  audit_unaltered: 'Reads the whole audit and checks every row against the signed tree',
  encryption_at_rest: 'Stores a file and looks for its text in what lies on the disk; opens it for the wrong person',
  export_drill: 'Exports a person that does not exist from every service with made-up data',
  erasure_drill: 'Erases a person that does not exist from every service with made-up data, and counts what is left',
  requests_answered_in_time: 'Counts requests of people that are past the day their answer was due',
}

export interface Duty {
  readonly article: string
  readonly duty: string
  /** None: nothing here tests it. */
  readonly controls: readonly ControlName[]
}

const GDPR: readonly Duty[] = [
  {
    article: 'Art. 5(1)(f), 32',
    duty: 'Confidentiality and integrity',
    controls: ['rows_closed_by_person', 'encryption_at_rest'],
  },
  { article: 'Art. 5(2), 24', duty: 'Accountability', controls: ['audit_unaltered'] },
  { article: 'Art. 7', duty: 'Consent that can be withdrawn as easily as given', controls: ['consent_enforced'] },
  { article: 'Art. 12(3)', duty: 'Answers within a month', controls: ['requests_answered_in_time'] },
  { article: 'Art. 15, 20', duty: 'Access and portability', controls: ['export_drill'] },
  { article: 'Art. 17', duty: 'Erasure', controls: ['erasure_drill'] },
  { article: 'Art. 25', duty: 'Data protection by default', controls: ['grant_enforced', 'rows_closed_by_person'] },
  { article: 'Art. 30', duty: 'Records of processing', controls: [] },
  { article: 'Art. 33-34', duty: 'Notice of a breach within 72 hours', controls: [] },
  { article: 'Art. 35', duty: 'Impact assessment', controls: [] },
]

const HIPAA_PRIVACY: readonly Duty[] = [
  { article: '164.502(b)', duty: 'Minimum necessary', controls: ['grant_enforced'] },
  { article: '164.508', duty: 'Authorisation of uses', controls: ['consent_enforced'] },
  { article: '164.524', duty: 'Access within 30 days', controls: ['export_drill', 'requests_answered_in_time'] },
  { article: '164.528', duty: 'Accounting of disclosures', controls: ['audit_unaltered'] },
  { article: '164.404-408', duty: 'Notice of a breach', controls: [] },
]

const HIPAA_SECURITY: readonly Duty[] = [
  { article: '164.312(a)(1)', duty: 'Access control', controls: ['rows_closed_by_person', 'grant_enforced'] },
  { article: '164.312(a)(2)(iv)', duty: 'Encryption', controls: ['encryption_at_rest'] },
  { article: '164.312(b)', duty: 'Audit controls', controls: ['audit_unaltered'] },
  { article: '164.312(c)(1)', duty: 'Integrity', controls: ['audit_unaltered'] },
  { article: '164.308(a)(7)', duty: 'Contingency plan', controls: [] },
  { article: '164.308(a)(1)(ii)(A)', duty: 'Risk analysis', controls: [] },
]

const DPDP: readonly Duty[] = [
  { article: 's.6', duty: 'Consent, and its withdrawal', controls: ['consent_enforced'] },
  {
    article: 's.8(5), r.6',
    duty: 'Safeguards: access control, encryption, logs',
    controls: ['rows_closed_by_person', 'encryption_at_rest', 'audit_unaltered'],
  },
  { article: 's.11', duty: 'Access to one’s data', controls: ['export_drill'] },
  { article: 's.12', duty: 'Correction and erasure', controls: ['erasure_drill', 'requests_answered_in_time'] },
  { article: 's.13, r.14', duty: 'Grievances answered within 90 days', controls: ['requests_answered_in_time'] },
  { article: 's.9, r.10', duty: 'Verifiable consent of a parent', controls: [] },
  { article: 'r.7', duty: 'Notice of a breach', controls: [] },
]

export const FRAMEWORKS = {
  gdpr: { name: 'GDPR', duties: GDPR },
  hipaa: { name: 'HIPAA', duties: [...HIPAA_PRIVACY, ...HIPAA_SECURITY] },
  'hipaa-privacy': { name: 'HIPAA Privacy Rule', duties: HIPAA_PRIVACY },
  'hipaa-security': { name: 'HIPAA Security Rule', duties: HIPAA_SECURITY },
  dpdp: { name: 'DPDP Act 2023', duties: DPDP },
  overall: { name: 'all', duties: [...GDPR, ...HIPAA_PRIVACY, ...HIPAA_SECURITY, ...DPDP] },
} as const satisfies Record<string, { name: string; duties: readonly Duty[] }>

export type FrameworkKey = keyof typeof FRAMEWORKS
export type ControlStatus = 'passed' | 'failed' | 'unavailable' | 'not yet checked'
export type FrameworkStatus = 'compliant' | 'non_compliant' | 'partially_compliant' | 'not_yet_checked'

/** How a framework stands, from the newest run of each of its controls. Nothing run is nothing known. */
export function statusOf(states: readonly ControlStatus[]): { status: FrameworkStatus; score: number | null } {
  const passed = states.filter((one) => one === 'passed').length
  if (states.includes('failed')) return { status: 'non_compliant', score: scoreOf(states, passed) }
  if (passed === 0) return { status: 'not_yet_checked', score: null }
  const isAll = passed === states.length
  return { status: isAll ? 'compliant' : 'partially_compliant', score: scoreOf(states, passed) }
}

/** Of controls that were not all run, no share is told. */
function scoreOf(states: readonly ControlStatus[], passed: number): number | null {
  return states.includes('not yet checked') ? null : Math.floor((100 * passed) / states.length)
}
