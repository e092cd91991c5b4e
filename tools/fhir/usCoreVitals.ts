import type { SqueezedElement, SqueezedProfile } from './profiles.ts'

// The vital signs of US Core (CC0) in the squeezed format, written from their published rules: npm has no package of them.

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition'
const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'
const UNITS = 'http://hl7.org/fhir/ValueSet'

/** One code, or the value set of the codes that are allowed. */
type Unit = { readonly code: string } | { readonly set: string }

/** `Observation.value[x]` is a Quantity with number, unit and code. */
function amount(unit: Unit, path = 'Observation', slice = ''): SqueezedElement[] {
  const at = (name: string): { p: string; s?: string } =>
    slice === '' ? { p: `${path}.${name}` } : { p: `${path}.${name}`, s: `${slice}.${name}` }
  const code = 'code' in unit ? { f: unit.code } : { b: unit.set }
  return [
    { ...at('value[x]'), ...(slice === '' ? { t: ['Quantity'] } : {}) },
    { ...at('valueQuantity.value'), n: 1, x: 1, t: ['decimal'] },
    { ...at('valueQuantity.unit'), n: 1, x: 1, t: ['string'] },
    { ...at('valueQuantity.system'), n: 1, x: 1, f: UCUM, t: ['uri'] },
    { ...at('valueQuantity.code'), n: 1, x: 1, ...code, t: ['code'] },
  ]
}

const loinc = (code: string) => ({ coding: [{ system: LOINC, code }] })
const coded = (code: string): SqueezedElement => ({ p: 'Observation.code', n: 1, x: 1, v: loinc(code) })

/** Components told apart by their code. */
function components(
  parts: readonly (readonly [name: string, code: string, unit: Unit, isNeeded: boolean])[],
): SqueezedElement[] {
  const needed = parts.filter(([, , , isNeeded]) => isNeeded).length
  return [
    { p: 'Observation.component', ...(needed > 0 ? { n: needed } : {}), d: [['pattern', 'code']] },
    ...parts.flatMap(([name, code, unit, isNeeded]): SqueezedElement[] => {
      const slice = `Observation.component:${name}`
      return [
        { p: 'Observation.component', s: slice, ...(isNeeded ? { n: 1 } : {}), x: 1 },
        { p: 'Observation.component.code', s: `${slice}.code`, n: 1, x: 1, v: loinc(code) },
        ...amount(unit, 'Observation.component', slice),
      ]
    }),
  ]
}

const PERCENT: Unit = { code: '%' }
const PER_MINUTE: Unit = { code: '/min' }

const SIMPLE: readonly (readonly [name: string, code: string, unit: Unit])[] = [
  ['us-core-bmi', '39156-5', { code: 'kg/m2' }],
  ['us-core-body-height', '8302-2', { set: `${UNITS}/ucum-bodylength` }],
  ['us-core-body-temperature', '8310-5', { set: `${UNITS}/ucum-bodytemp` }],
  ['us-core-body-weight', '29463-7', { set: `${UNITS}/ucum-bodyweight` }],
  ['us-core-head-circumference', '9843-4', { set: `${UNITS}/ucum-bodylength` }],
  ['us-core-heart-rate', '8867-4', PER_MINUTE],
  ['us-core-respiratory-rate', '9279-1', PER_MINUTE],
  ['pediatric-bmi-for-age', '59576-9', PERCENT],
  ['pediatric-weight-for-height', '77606-2', PERCENT],
  ['head-occipital-frontal-circumference-percentile', '8289-1', PERCENT],
]

/** Pulse oximetry has both codes: the one of the method, and the one of what is measured. */
const OXIMETRY: readonly SqueezedElement[] = [
  { p: 'Observation.code.coding', n: 2, d: [['pattern', '$this']] },
  ...[
    ['PulseOx', '59408-5'],
    ['O2Sat', '2708-6'],
  ].map(([name, code]): SqueezedElement => {
    return {
      p: 'Observation.code.coding',
      s: `Observation.code.coding:${name}`,
      n: 1,
      x: 1,
      v: { system: LOINC, code },
    }
  }),
  ...amount(PERCENT),
  ...components([
    ['FlowRate', '3151-8', { code: 'L/min' }, false],
    ['Concentration', '3150-6', PERCENT, false],
  ]),
]

/**
 * The vital signs of US Core by address, from R4's that they are based on. The units that R4 requires of components are left
 * out: US Core's flow of oxygen in litres a minute is none of them.
 */
export function usCoreVitals(r4: SqueezedProfile): Record<string, SqueezedProfile> {
  const inherited = r4.elements.map(({ b, ...rest }) => {
    return b === undefined || rest.p === 'Observation.component.value[x]' ? rest : { ...rest, b }
  })
  const vitalSigns = `${US_CORE}/us-core-vital-signs`
  const profile = (elements: readonly SqueezedElement[]): SqueezedProfile => {
    return { type: 'Observation', base: vitalSigns, elements: [...elements] }
  }
  const pressure: Unit = { code: 'mm[Hg]' }
  const bloodPressure = components([
    ['systolic', '8480-6', pressure, true],
    ['diastolic', '8462-4', pressure, true],
  ])
  return {
    [vitalSigns]: { type: 'Observation', base: undefined, elements: inherited },
    [`${US_CORE}/us-core-blood-pressure`]: profile([coded('85354-9'), ...bloodPressure]),
    [`${US_CORE}/us-core-pulse-oximetry`]: profile(OXIMETRY),
    ...Object.fromEntries(
      SIMPLE.map(([name, code, unit]) => [`${US_CORE}/${name}`, profile([coded(code), ...amount(unit)])]),
    ),
  }
}
