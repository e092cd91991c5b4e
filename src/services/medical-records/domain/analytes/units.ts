import { canConvert, convert, toUcum } from '../../../../shared/units.ts'
import type { AnalyteDefinition, Bridge } from './definition.ts'

/** Spellings of laboratory reports that the shared unit words do not know, lower case and without spaces. */
const LAB_WORDS: Readonly<Record<string, string>> = {
  'mg%': 'mg/dL',
  'gm%': 'g/dL',
  'g%': 'g/dL',
  'ug%': 'ug/dL',
  'mcg%': 'ug/dL',
  'gms/dl': 'g/dL',
  'gm/dl': 'g/dL',
  cumm: '/uL',
  '/cumm': '/uL',
  '/cu.mm': '/uL',
  '/cmm': '/uL',
  'cells/cumm': '/uL',
  'cells/cmm': '/uL',
  'cells/ul': '/uL',
  'cells/mcl': '/uL',
  'cells/mm3': '/uL',
  '/mm3': '/uL',
  '/mm^3': '/uL',
  'thou/ul': '10*3/uL',
  'thousand/ul': '10*3/uL',
  'thousand/cumm': '10*3/uL',
  'thou/cumm': '10*3/uL',
  'thou/mm3': '10*3/uL',
  '10^3/cumm': '10*3/uL',
  'x10^3/cumm': '10*3/uL',
  '10^3/mm3': '10*3/uL',
  '10^6/mm3': '10*6/uL',
  'lakh/cumm': '10*5/uL',
  'lakhs/cumm': '10*5/uL',
  'lac/cumm': '10*5/uL',
  'lacs/cumm': '10*5/uL',
  'lakhs/cmm': '10*5/uL',
  'lakh/ul': '10*5/uL',
  'mill/cumm': '10*6/uL',
  'mill/cmm': '10*6/uL',
  'mill/ul': '10*6/uL',
  'mill/mm3': '10*6/uL',
  'million/cumm': '10*6/uL',
  'million/cmm': '10*6/uL',
  'millions/cumm': '10*6/uL',
  'million/ul': '10*6/uL',
  '10^6/cumm': '10*6/uL',
  'tsd/ul': '10*3/uL',
  'tsd./ul': '10*3/uL',
  'mio/ul': '10*6/uL',
  'mio./ul': '10*6/uL',
  'giga/l': '10*9/L',
  'tera/l': '10*12/L',
  'gpt/l': '10*9/L',
  'tpt/l': '10*12/L',
  'mm/hr': 'mm/h',
  'mm/1hr': 'mm/h',
  'mm/1sthr': 'mm/h',
  mmhr: 'mm/h',
  mm1sthr: 'mm/h',
  'mm/1sthour': 'mm/h',
  mmatendof1hr: 'mm/h',
  sec: 's',
  secs: 's',
  seconds: 's',
  'ngfeu/ml': 'ng/mL',
  'ng/mlfeu': 'ng/mL',
  'ugfeu/ml': 'ug/mL',
  'mcgfeu/ml': 'ug/mL',
  'ug/mlfeu': 'ug/mL',
  'mg/lfeu': 'mg/L',
  'ng/mlddu': '',
  'u/l@37c': 'U/L',
  'iu/l@37c': 'U/L',
  'mosmol/kg': 'mosm/kg',
  'mosm/kgh2o': 'mosm/kg',
  'mosm/kg': 'mosm/kg',
  'ml/min/1.73m2': 'mL/min/{1.73_m2}',
  'ml/min/1.73m^2': 'mL/min/{1.73_m2}',
  'ml/min/1.73m²': 'mL/min/{1.73_m2}',
  'ml/min/{1.73_m2}': 'mL/min/{1.73_m2}',
  'mg/gcreat': 'mg/g',
  'mg/gcreatinine': 'mg/g',
  'mg/gmcreatinine': 'mg/g',
  'ug/mgcreat': 'ug/mg',
  'ug/mgcreatinine': 'ug/mg',
  'mcg/mgcreatinine': 'ug/mg',
  'mg/mmolcreat': 'mg/mmol',
  'mg/mmolcreatinine': 'mg/mmol',
  'mmol/molhb': 'mmol/mol',
  '%hb': '%',
  '%ofhb': '%',
  '%ngsp': '%',
  ratio: '{ratio}',
  inr: '{INR}',
  units: '[pH]',
  ph: '[pH]',
}

const DIMENSIONLESS = new Set(['{INR}', '{ratio}', '[pH]'])

/**
 * The UCUM unit a report's unit text means for this analyte, when its values can be read in it.
 * U and IU are taken for each other where the analyte is counted in units (enzymes, antibodies, hormones).
 * @returns undefined for a unit unknown, or of another quantity; an empty text fits only analytes without a unit
 */
export function readLabUnit(analyte: AnalyteDefinition, text: string): string | undefined {
  const clear = withPowers(text)
  const compact = clear
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/\s+/g, '')
  if (compact === '' || compact === '-') return DIMENSIONLESS.has(analyte.unit) ? analyte.unit : undefined
  const word = Object.hasOwn(LAB_WORDS, compact) ? LAB_WORDS[compact] : undefined
  const ucum = word ?? toUcum(clear) ?? toUcum(compact)
  // `G/l` is 10⁹ of cells and a gram of protein in capitals: what is measured tells which.
  const cells = compact === 'g/l' ? ['g/L', '10*9/L'] : compact === 't/l' ? ['10*12/L'] : []
  if ((ucum === undefined || ucum === '') && cells.length === 0) return undefined
  const known = ucum === undefined || ucum === '' ? [] : [ucum]
  const candidates = [...known, ...(analyte.isInUnits ? known.flatMap(sisters) : []), ...cells]
  return candidates.find((one) => canReadIn(analyte, one))
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** `10³/µL` with its power written out, also where its raising was lost: nobody counts in 103 a microlitre. */
function withPowers(text: string): string {
  return text
    .trim()
    .replace(/^[x×]\s*(?=10)/i, '')
    .replace(
      /^10\s*([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
      (_all, power: string) => `10^${[...power].map((one) => RAISED.indexOf(one)).join('')}`,
    )
    .replace(/^10(3|4|5|6|9|12)\s*(?=\/)/, '10^$1')
}

/** Whether values of the analyte can be converted from this UCUM unit to its own. */
export function canReadIn(analyte: AnalyteDefinition, ucum: string): boolean {
  return ucum === analyte.unit || bridgeOf(analyte, ucum) !== undefined || joined(analyte, ucum, analyte.unit)
}

/**
 * A value of the analyte in another unit: by dimensions, molar mass, a bridge of the analyte, or for HbA1c the master
 * equation (NGSP % = 0.09148 x IFCC mmol/mol + 2.152) and never by unit arithmetic.
 * @throws UnitError when the units are not of this analyte
 */
export function convertLab(analyte: AnalyteDefinition, value: number, from: string, to: string): number {
  if (from === to) return value
  return fromOwn(analyte, toOwn(analyte, value, from), to)
}

function toOwn(analyte: AnalyteDefinition, value: number, from: string): number {
  const bridge = bridgeOf(analyte, from)
  const own = bridge === undefined ? from : bridge.from
  const inOwn = bridge === undefined ? value : convert(value, from, bridge.to) / bridge.factor
  return convert(inOwn, own, analyte.unit, optionsOf(analyte))
}

function fromOwn(analyte: AnalyteDefinition, value: number, to: string): number {
  const bridge = bridgeOf(analyte, to)
  if (bridge === undefined) return convert(value, analyte.unit, to, optionsOf(analyte))
  return convert(convert(value, analyte.unit, bridge.from) * bridge.factor, bridge.to, to)
}

function bridgeOf(analyte: AnalyteDefinition, ucum: string): Bridge | undefined {
  if (joined(analyte, ucum, analyte.unit)) return undefined
  return analyte.bridges.find((bridge) => canConvert(ucum, bridge.to))
}

function joined(analyte: AnalyteDefinition, from: string, to: string): boolean {
  // Percent and thousandths share their dimension with a bare number: only where the analyte is a share itself.
  if (DIMENSIONLESS.has(analyte.unit) && from === '%') return false
  return canConvert(from, to, optionsOf(analyte))
}

function optionsOf(analyte: AnalyteDefinition) {
  return analyte.substance === undefined ? {} : { analyte: analyte.substance }
}

/** `IU/L` for `U/L` and the other way round. */
function sisters(ucum: string): string[] {
  if (/\[i?U\]|\[IU\]/.test(ucum)) return [ucum.replace(/\[(?:iU|IU)\]/, 'U')]
  return /(^|[mkun])U(?=\/|$)/.test(ucum) ? [ucum.replace(/(^|[mkun])U(?=\/|$)/, '$1[iU]')] : []
}
