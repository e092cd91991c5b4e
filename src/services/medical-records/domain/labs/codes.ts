import { analyteByLoinc } from '../analytes/catalogue.ts'

export interface CodeVerdict {
  /** Null where the system has no form that can be checked. */
  readonly valid: boolean | null
  readonly known: boolean
  readonly display: string | null
  readonly system: string | null
  readonly detail: string
}

type Check = (code: string) => boolean

const SYSTEMS: readonly { readonly id: string; readonly names: readonly string[]; readonly isValid: Check }[] = [
  { id: 'http://loinc.org', names: ['loinc', 'ln', 'lnc'], isValid: isLoinc },
  { id: 'http://snomed.info/sct', names: ['snomed', 'snomed-ct', 'sct', 'snomedct'], isValid: isSnomed },
  {
    id: 'http://hl7.org/fhir/sid/icd-10',
    names: ['icd-10', 'icd10', 'icd-10-cm', 'icd10cm', 'i10'],
    isValid: (code) => /^[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?$/.test(code),
  },
  {
    id: 'http://www.nlm.nih.gov/research/umls/rxnorm',
    names: ['rxnorm', 'rxcui'],
    isValid: (code) => /^[1-9]\d{0,7}$/.test(code),
  },
  { id: 'http://hl7.org/fhir/sid/cvx', names: ['cvx'], isValid: (code) => /^\d{2,3}$/.test(code) },
  {
    id: 'http://www.whocc.no/atc',
    names: ['atc'],
    isValid: (code) => /^[A-DGHJLMNPRSV]\d{2}[A-Z]{2}\d{2}$/.test(code),
  },
  { id: 'http://unitsofmeasure.org', names: ['ucum'], isValid: (code) => code.length > 0 },
]

/** Check digit of a LOINC code: digits doubled from the right, modulus 10. */
export function isLoinc(code: string): boolean {
  const match = /^(\d{1,7})-(\d)$/.exec(code)
  if (match === null) return false
  const sum = [...(match[1] ?? '')].reverse().reduce((total, digit, index) => {
    const value = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(match[2])
}

const D5 = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const PERMUTATIONS = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** Check digit of a SNOMED CT identifier: Verhoeff's dihedral scheme. */
export function isSnomed(code: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(code)) return false
  const end = [...code].reverse().reduce((check, digit, index) => {
    const permuted = Number(PERMUTATIONS[index % 8]?.[Number(digit)])
    return Number(D5[check]?.[permuted])
  }, 0)
  return end === 0
}

/** Checks the form of a code; its system may be its address or a common name, or be left out for LOINC. */
export function checkCode(code: string, system: string | null | undefined): CodeVerdict {
  const plain = code.trim()
  const named = system?.trim().toLowerCase()
  const found =
    named === undefined || named === ''
      ? SYSTEMS.find((one) => one.id === 'http://loinc.org' && /^\d{1,7}-\d$/.test(plain))
      : SYSTEMS.find((one) => one.id === named || one.names.includes(named))
  if (found === undefined) {
    return {
      valid: null,
      known: false,
      display: null,
      system: system ?? null,
      detail: 'This platform has no form to check codes of this system by',
    }
  }
  const valid = found.isValid(plain)
  const analyte = found.id === 'http://loinc.org' && valid ? analyteByLoinc(plain) : undefined
  return {
    valid,
    known: analyte !== undefined,
    display: analyte?.label ?? null,
    system: found.id,
    detail: !valid
      ? 'The form or check digit is wrong'
      : analyte === undefined
        ? 'Well formed; whether it is in use is not known here'
        : 'Well formed, and known here',
  }
}
