import { type Severity, worstOf } from '../../../../shared/severity.ts'
import type { Judgement, LabResult } from '../../contract/labShapes.ts'
import { matchAnalyte } from '../analytes/catalogue.ts'
import type { AnalyteDefinition } from '../analytes/definition.ts'
import { isWithinLife } from '../analytes/plausible.ts'
import {
  type Bounds,
  boundsIn,
  criticalAt,
  type Interpretation,
  interpret,
  interpretFlag,
  type RangePerson,
  rangeFor,
} from '../analytes/ranges.ts'
import { convertLab, readLabUnit } from '../analytes/units.ts'
import { specimenIn } from '../extract/surroundings.ts'

/** A result as somebody wrote or printed it. */
export interface StatedLab {
  readonly testName: string
  /** What it was measured in, where that is told beside the name: potassium of urine is another test than that of blood. */
  readonly specimen?: string | null | undefined
  readonly testCode?: string | null | undefined
  readonly value: number | string | null
  readonly unit?: string | null | undefined
  readonly rangeLow?: number | null | undefined
  readonly rangeHigh?: number | null | undefined
  readonly rangeText?: string | null | undefined
  readonly abnormal?: boolean | null | undefined
  readonly critical?: boolean | null | undefined
  /** HL7 table 0078. */
  readonly flag?: string | null | undefined
  readonly category?: LabResult['category'] | null | undefined
}

/** What is kept of it: recognised, in the analyte's own unit, and judged. */
export interface JudgedLab {
  readonly analyte: string | null
  readonly loinc: string | null
  readonly category: LabResult['category']
  readonly value: number | null
  readonly comparator: '<' | '>' | null
  readonly value_text: string | null
  readonly unit_text: string | null
  readonly unit: string | null
  readonly canonical_value: number | null
  readonly range_low: number | null
  readonly range_high: number | null
  readonly range_text: string | null
  readonly flag: string | null
  readonly interpretation: LabResult['interpretation']
  readonly level: Severity
  readonly judged_by: Judgement
}

export interface LabFault {
  readonly field: string
  readonly detail: string
  readonly allowed?: readonly string[]
}

const LOINC = /^\d{1,7}-\d$/
const NUMBER = /^(<=?|>=?|≤|≥)?\s*([+-]?\d{1,12}(?:[.,]\d{1,10})?)$/
const THOUSANDS = /^\d{1,3},\d{3}$/
const REPORT = { id: 'report', version: '1', citation: 'The range printed on the report', kind: 'report' } as const

/**
 * Reads and judges one result. A number outside the limits of life, or in a unit that isn't the test's, is a fault and
 * never mended. A test the catalogue doesn't know is kept as stated and judged by its report alone.
 */
export function judgeLab(
  stated: StatedLab,
  person: RangePerson,
): { readonly lab: JudgedLab } | { readonly fault: LabFault } {
  const read = readValue(stated.value)
  if ('detail' in read) return { fault: { field: 'value', detail: read.detail } }
  const unitText = stated.unit?.trim() || null
  const code = stated.testCode?.trim()
  const isNumber = read.value !== null
  const name = nameWithSpecimen(stated)
  const match = matchAnalyte(name, {
    loinc: code !== undefined && LOINC.test(code) ? code : undefined,
    unit: isNumber ? (unitText ?? undefined) : undefined,
  })
  const named = match ?? matchAnalyte(name, { loinc: code })
  if (match === undefined && named !== undefined && isNumber) return { fault: unitFault(named.analyte) }
  const analyte = match?.analyte
  const unit = analyte === undefined || !isNumber ? null : (readLabUnit(analyte, unitText ?? '') ?? null)
  if (analyte !== undefined && isNumber && unit === null) return { fault: unitFault(analyte) }
  const canonical =
    analyte === undefined || unit === null || read.value === null
      ? null
      : convertLab(analyte, read.value, unit, analyte.unit)
  if (analyte !== undefined && canonical !== null && !isWithinLife(analyte, canonical)) {
    return { fault: { field: 'value', detail: `is not possible for ${analyte.label} in this unit` } }
  }
  const printed = printedRange(stated)
  if (printed.low !== undefined && printed.high !== undefined && printed.low > printed.high) {
    return { fault: { field: 'reference_range_high', detail: 'lies below reference_range_low' } }
  }
  return {
    lab: {
      analyte: analyte?.id ?? null,
      loinc: loincOf(analyte, unit, code),
      category: analyte?.category ?? stated.category ?? 'other',
      ...read,
      unit_text: unitText,
      unit,
      canonical_value: canonical,
      range_low: printed.low ?? null,
      range_high: printed.high ?? null,
      range_text: stated.rangeText ?? null,
      flag: stated.flag?.trim().toUpperCase() || null,
      ...judge(stated, read, printed, analyte, unit, person),
    },
  }
}

function nameWithSpecimen({ testName, specimen }: StatedLab): string {
  const told = specimenIn(specimen ?? '')
  return told === undefined || specimenIn(testName) !== undefined ? testName : `${testName}, ${told}`
}

/** A number, a bound (`<5`), or words. `1,234` is refused: it can be either of two numbers. */
export function readValue(
  value: number | string | null,
): { value: number | null; comparator: '<' | '>' | null; value_text: string | null } | { detail: string } {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? { value, comparator: null, value_text: null } : { detail: 'is not a number' }
  }
  const text = value?.trim() ?? ''
  if (text === '') return { detail: 'is missing' }
  const match = NUMBER.exec(text)
  if (match === null) return { value: null, comparator: null, value_text: text }
  const [, sign, digits = ''] = match
  if (THOUSANDS.test(digits)) return { detail: 'can be two numbers; write it with a decimal point and no comma' }
  const comparator = sign === undefined ? null : sign.startsWith('<') || sign === '≤' ? '<' : '>'
  return { value: Number(digits.replace(',', '.')), comparator, value_text: null }
}

/** The bounds of a printed range: `3.5-5.1`, `< 5`, `>= 60`, `up to 40`. Other texts give none. */
export function readRange(text: string): Bounds {
  const plain = text.slice(0, 200).replaceAll(',', '.').replaceAll(/[–—]/g, '-').trim()
  // Ranges of several people or times: nobody knows which is meant.
  if ((plain.match(/\d\s*(?:-|to|\.\.)\s*\d/gi) ?? []).length > 1) return {}
  const span = /^\D{0,20}?(\d+(?:\.\d+)?)\s*(?:-|to|\.\.)\s*(\d+(?:\.\d+)?)(?!\d|\s*-)/i.exec(plain)
  if (span !== null) return { low: Number(span[1]), high: Number(span[2]) }
  const below = /^(?:<=?|≤|up to|less than|below)\s*(\d+(?:\.\d+)?)/i.exec(plain)
  if (below !== null) return { high: Number(below[1]) }
  const above = /^(?:>=?|≥|more than|above|over)\s*(\d+(?:\.\d+)?)/i.exec(plain)
  return above === null ? {} : { low: Number(above[1]) }
}

function printedRange({ rangeLow, rangeHigh, rangeText }: StatedLab): Bounds {
  if (rangeLow != null || rangeHigh != null) return { low: rangeLow ?? undefined, high: rangeHigh ?? undefined }
  return rangeText == null ? {} : readRange(rangeText)
}

function judge(
  stated: StatedLab,
  read: { readonly value: number | null; readonly comparator: '<' | '>' | null },
  printed: Bounds,
  analyte: AnalyteDefinition | undefined,
  unit: string | null,
  person: RangePerson,
): Pick<JudgedLab, 'interpretation' | 'level' | 'judged_by'> {
  const hasPrinted = printed.low !== undefined || printed.high !== undefined
  const own = analyte === undefined || unit === null || hasPrinted ? undefined : rangeFor(analyte, person)
  const rule = own?.status === 'found' ? own.rule : undefined
  const range = hasPrinted
    ? printed
    : rule === undefined || analyte === undefined
      ? undefined
      : boundsIn(analyte, rule, unit ?? analyte.unit)
  const critical = analyte === undefined ? undefined : criticalAt(analyte, person.ageYears)
  const limits =
    analyte === undefined || critical === undefined || unit === null ? undefined : boundsIn(analyte, critical, unit)
  const flagged = flagOf(stated)
  const computed =
    read.value === null
      ? undefined
      : interpret({ value: read.value, comparator: read.comparator ?? undefined }, range, limits)
  const isComputed = computed !== undefined && computed.word !== 'unknown'
  const said =
    isComputed && flagged?.word !== 'critical_low' && flagged?.word !== 'critical_high'
      ? computed
      : (flagged ?? computed)
  const word = said?.word ?? 'unknown'
  return {
    interpretation: word === 'unknown' && stated.abnormal === true ? 'abnormal' : word,
    level: worstOf(
      said?.level ?? 0,
      stated.critical === true ? 4 : 0,
      word === 'unknown' && stated.abnormal === true ? 1 : 0,
    ),
    judged_by: {
      range:
        range === undefined
          ? null
          : {
              low: range.low ?? null,
              high: range.high ?? null,
              source: hasPrinted ? REPORT : { ...(rule?.source ?? REPORT) },
            },
      reason: own?.status === 'none' ? own.reason : null,
      critical:
        limits === undefined || critical === undefined
          ? null
          : { low: limits.low ?? null, high: limits.high ?? null, source: { ...critical.source } },
      by: judgedBy(said, computed, flagged),
    },
  }
}

function judgedBy(
  said: Interpretation | undefined,
  computed: Interpretation | undefined,
  flagged: Interpretation | undefined,
) {
  if (said === undefined || said.word === 'unknown') return 'nothing'
  if (said === flagged && said !== computed) return 'flag'
  return said.word.startsWith('critical') ? 'critical_limit' : 'range'
}

function flagOf({ flag, abnormal }: StatedLab): Interpretation | undefined {
  const read = flag == null ? undefined : interpretFlag(flag)
  if (read !== undefined) return read
  return abnormal === false && flag == null ? { word: 'normal', code: 'N', level: 0 } : undefined
}

function loincOf(analyte: AnalyteDefinition | undefined, unit: string | null, code: string | undefined): string | null {
  if (code !== undefined && LOINC.test(code)) return code
  if (analyte === undefined) return null
  return (unit === null ? undefined : analyte.loinc[unit]) ?? analyte.loinc[analyte.unit] ?? null
}

function unitFault(analyte: AnalyteDefinition): LabFault {
  return {
    field: 'unit',
    detail: `does not fit ${analyte.label}`,
    allowed: [...new Set([analyte.unit, ...Object.keys(analyte.loinc)])],
  }
}
