import type { OutputOf } from '../../../kernel/contract.ts'
import type { medicalRecords } from '../contract.ts'
import { clinicTexts } from './clinicTexts.ts'
import { recordsTexts } from './texts.ts'

type Records = (typeof medicalRecords)['operations']
export type Study = OutputOf<Records['getStudy']>
export type Report = OutputOf<Records['getReport']>

/** Types of reports that a paper can be too are called as the paper is. */
const AS_PAPER: Readonly<Record<string, string>> = {
  consultation_note: 'consultation',
  operation_report: 'operative_report',
  laboratory_report: 'lab_report',
  referral_letter: 'referral',
}

/** What kind of report it is, in words. */
export function reportWord({ report_type }: Pick<Report, 'report_type'>): string {
  const type = report_type.toLowerCase()
  const [own, papers]: Readonly<Record<string, string>>[] = [clinicTexts().types, recordsTexts().documentTypes]
  return own?.[type] ?? papers?.[AS_PAPER[type] ?? type] ?? recordsTexts().documentTypes.other
}

/** A status, priority or deed of a study or report, in words. */
export function clinicWord(code: string): string {
  const words: Readonly<Record<string, string>> = clinicTexts().statuses
  return words[code.toLowerCase()] ?? code
}

/** What a study is called: as it is described, else by what was pictured how. */
export function studyTitle({ description, modality, body_part }: Study): string {
  return description ?? [modality, body_part].filter(Boolean).join(', ')
}
