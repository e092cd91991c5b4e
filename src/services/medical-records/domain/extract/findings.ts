import type { StudyContent } from '../imaging/dicom.ts'

/** Why a value needs a person's eyes before it counts. */
export const DOUBTS = [
  'readings_differ',
  'hard_to_read',
  'digit_confusion',
  'comma',
  'decimal_point',
  'decimals_differ',
  'impossible',
  'unit_missing',
  'unit_mismatch',
  'unknown_test',
  'unknown_unit',
  'flag_contradicts',
  'range_odd',
  'several_values',
  'date_missing',
  'words_only',
  'incomplete',
  'sensitive',
  'names_another',
] as const
export type Doubt = (typeof DOUBTS)[number]

/** A laboratory value as it was read. */
export interface LabContent {
  readonly test_name: string
  readonly value: number | null
  readonly comparator: '<' | '>' | null
  readonly value_text: string | null
  readonly unit: string | null
  readonly reference_low: number | null
  readonly reference_high: number | null
  readonly reference_text: string | null
  readonly flag: 'H' | 'L' | 'A' | null
  readonly observed_on: string | null
}

export interface MedicationContent {
  readonly name: string
  readonly dosage: string | null
  readonly frequency: string | null
  readonly duration: string | null
  readonly instructions: string | null
}

export interface DiagnosisContent {
  readonly text: string
}

export interface CriticalContent {
  readonly info_type: 'blood_group' | 'allergy' | 'chronic_condition'
  readonly value: string
}

/** The study that a picture of DICOM belongs to: it has no place on a page. */
export interface StudyFinding extends Omit<Place, 'box'> {
  readonly kind: 'imaging_study'
  readonly box: null
  readonly content: StudyContent
}

interface Place {
  readonly page: number
  /** Left, top, right, bottom as fractions of the page. */
  readonly box: readonly [number, number, number, number]
  /** The line as it was read. */
  readonly line: string
  readonly confidence: number
  readonly doubts: readonly Doubt[]
}

export type Finding = Place &
  (
    | { readonly kind: 'lab'; readonly content: LabContent }
    | { readonly kind: 'medication'; readonly content: MedicationContent }
    | { readonly kind: 'diagnosis'; readonly content: DiagnosisContent }
    | { readonly kind: 'critical_info'; readonly content: CriticalContent }
  )

export type LabFinding = Place & { readonly kind: 'lab'; readonly content: LabContent }
