import { ANALYTES, type Analyte } from './units/analytes.ts'
import type { Dimensions } from './units/ucumAtoms.ts'
import { type ParsedUnit, parseUcum, sameDimensions } from './units/ucumParser.ts'
import { EXACT_WORDS, WORDS } from './units/unitSynonyms.ts'

export type UnitErrorCode = 'unknown-unit' | 'incompatible-units' | 'analyte-required' | 'not-a-number'

export interface ConvertOptions {
  /** The substance measured; needed between mass and amount (`mg/dL` and `mmol/L`), and for HbA1c. */
  readonly analyte?: Analyte
}

/** A conversion that was refused; `code` is stable, the message names both units and no value. */
export class UnitError extends Error {
  readonly code: UnitErrorCode
  readonly fromUnit: string
  readonly toUnit: string

  constructor(code: UnitErrorCode, fromUnit: string, toUnit: string, message: string) {
    super(message)
    this.name = 'UnitError'
    this.code = code
    this.fromUnit = fromUnit
    this.toUnit = toUnit
  }
}

/** Digits kept by a conversion, so that 100.4 [degF] is 38 Cel and not 38.00000000000001. */
const SIGNIFICANT_DIGITS = 12
/** NGSP % = slope x IFCC mmol/mol + intercept: the IFCC/NGSP master equation (clinical reference 1.3). */
const HBA1C_SLOPE = 0.09148
const HBA1C_INTERCEPT = 2.152
const MAXIMUM_TEXT_LENGTH = 60

/**
 * The UCUM code of a unit as people, old clients or laboratories write it; UCUM codes are accepted as they are.
 * A bare `cal` is the food calorie and `oz` the ounce of weight; where a metric means otherwise, its catalogue says so.
 * @returns undefined for a text that is no known unit
 */
export function toUcum(text: string): string | undefined {
  if (text.length > MAXIMUM_TEXT_LENGTH) return undefined
  const plain = plainText(text)
  if (plain === '') return undefined
  const whole = EXACT_WORDS.get(plain) ?? ucumOrUndefined(plain) ?? WORDS.get(plain.toLowerCase())
  if (whole) return whole
  const words = plain.toLowerCase().replace(/_per_/g, '/')
  const spelled = WORDS.get(words) ?? ucumOrUndefined(powersOfTen(plain))
  return spelled ?? (words.includes('/') ? quotientOfWords(powersOfTen(plain.replace(/_per_/gi, '/'))) : undefined)
}

/**
 * Converts a number from one UCUM unit to another, to 12 significant digits.
 * Mass and amount of a substance are joined by `options.analyte`; HbA1c % and mmol/mol by the master equation alone.
 * @param fromUcum UCUM code of `value`
 * @param toUcumCode UCUM code wanted
 * @throws UnitError when a unit is unknown, the dimensions differ, the analyte is missing or the value is not finite
 */
export function convert(value: number, fromUcum: string, toUcumCode: string, options: ConvertOptions = {}): number {
  if (!Number.isFinite(value)) throw refusal('not-a-number', fromUcum, toUcumCode)
  const from = parseUcum(fromUcum)
  const to = parseUcum(toUcumCode)
  if (!from || !to) throw refusal('unknown-unit', fromUcum, toUcumCode)
  if (isHba1cPair(fromUcum, toUcumCode)) {
    if (options.analyte !== 'hba1c') throw refusal('analyte-required', fromUcum, toUcumCode)
    return rounded(
      bareUnit(fromUcum) === '%' ? (value - HBA1C_INTERCEPT) / HBA1C_SLOPE : value * HBA1C_SLOPE + HBA1C_INTERCEPT,
    )
  }
  if (fromUcum === toUcumCode) return value
  const bridge = bridgeFactor(from, to, options.analyte)
  if (bridge === undefined)
    throw refusal(missingAnalyte(from, to) ? 'analyte-required' : 'incompatible-units', fromUcum, toUcumCode)
  return rounded((value + from.offset) * ((from.factor * bridge) / to.factor) - to.offset)
}

/** Whether `convert` would accept these two UCUM units (and this analyte). */
export function canConvert(fromUcum: string, toUcumCode: string, options: ConvertOptions = {}): boolean {
  const from = parseUcum(fromUcum)
  const to = parseUcum(toUcumCode)
  if (!from || !to) return false
  if (isHba1cPair(fromUcum, toUcumCode)) return options.analyte === 'hba1c'
  return bridgeFactor(from, to, options.analyte) !== undefined
}

/** Whether a text is a UCUM code known here (case-sensitive), as opposed to a synonym of one. */
export function isUcum(text: string): boolean {
  return parseUcum(text) !== undefined
}

function plainText(text: string): string {
  return text
    .replace(/[\u00ba\u02da]/g, '\u00b0')
    .normalize('NFKC')
    .replace(/<[\d.]+>/, '')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .trim()
    .replace(/\s*\/\s*/g, '/')
    .replace(/\s+/g, '_')
    .replace(/\u00b0_/g, '\u00b0')
}

function ucumOrUndefined(text: string): string | undefined {
  if (!parseUcum(text)) return undefined
  return text.replace(/(^|[/.])([dmunpfk]?)l(?=$|[/.{])/g, '$1$2L').replace(/(?<=^|[/.])10\^/g, '10*')
}

/** Laboratory powers of ten: `x10^9/L`, `10E9/L`, `x10*9/L`, `10^9/L` to UCUM's `10*9/L`. */
function powersOfTen(text: string): string {
  return text.replace(/^[x\u00d7*]?_?10(?:\^|[eE]|\*{1,2})(\d{1,2})(?=$|\/)/, '10*$1')
}

function quotientOfWords(text: string): string | undefined {
  const parts = text
    .split('/')
    .map((part) => (part === '' ? '' : (ucumOrUndefined(part) ?? WORDS.get(part.toLowerCase()))))
  if (parts.includes(undefined)) return undefined
  const joined = parts.join('/').replace(/^(?:1|\{count\})\//, '/')
  return ucumOrUndefined(joined)
}

function bareUnit(code: string): string {
  return code.replace(/\{[^}]*\}/g, '')
}

function isHba1cPair(fromUcum: string, toUcumCode: string): boolean {
  const pair = [bareUnit(fromUcum), bareUnit(toUcumCode)]
  return pair.includes('%') && pair.includes('mmol/mol')
}

/** What one base unit of `from` is in base units of `to`; undefined when nothing joins them. */
function bridgeFactor(from: ParsedUnit, to: ParsedUnit, analyte: Analyte | undefined): number | undefined {
  if (sameDimensions(from.dimensions, to.dimensions)) return 1
  if (!analyte || analyte === 'hba1c') return undefined
  const { molarMassGPerMol, valence } = ANALYTES[analyte]
  if ((usesEquivalents(from.dimensions) || usesEquivalents(to.dimensions)) && valence === undefined) return undefined
  const fromMoles = inMoles(from.dimensions, molarMassGPerMol, valence ?? 1)
  const toMoles = inMoles(to.dimensions, molarMassGPerMol, valence ?? 1)
  if (!sameDimensions(fromMoles.dimensions, toMoles.dimensions)) return undefined
  return fromMoles.factor / toMoles.factor
}

function usesEquivalents(dimensions: Dimensions): boolean {
  return (dimensions.equivalent ?? 0) !== 0
}

/** Rewrites mass (gram) and equivalents of one substance as moles of it. */
function inMoles(dimensions: Dimensions, molarMassGPerMol: number, valence: number): ParsedUnit {
  const { mass = 0, equivalent = 0, amount = 0, ...rest } = dimensions
  return {
    factor: molarMassGPerMol ** -mass * valence ** -equivalent,
    offset: 0,
    dimensions: { ...rest, amount: amount + mass + equivalent },
  }
}

/** Would some substance join the two? Then the refusal asks for it. */
function missingAnalyte(from: ParsedUnit, to: ParsedUnit): boolean {
  return sameDimensions(inMoles(from.dimensions, 1, 1).dimensions, inMoles(to.dimensions, 1, 1).dimensions)
}

function rounded(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS))
}

const REASONS: Readonly<Record<UnitErrorCode, string>> = {
  'unknown-unit': 'one of the units is not known',
  'incompatible-units': 'they measure different things',
  'analyte-required': 'the substance measured must be named',
  'not-a-number': 'the value is not a finite number',
}

function refusal(code: UnitErrorCode, fromUnit: string, toUnit: string): UnitError {
  return new UnitError(code, fromUnit, toUnit, `Cannot convert ${fromUnit} to ${toUnit}: ${REASONS[code]}`)
}
