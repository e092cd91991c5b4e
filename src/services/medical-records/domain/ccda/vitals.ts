import { hl7Time, type ImportedItem, type ImportedVital, tidy } from '../imported.ts'
import { type Aside, leave, withdraw } from './aside.ts'
import { codedOf, idOf, originalText, type Section } from './parts.ts'
import { child, childrenOf, type XmlNode } from './xml.ts'

const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
const SYSTOLIC = '8480-6'
const DIASTOLIC = '8462-4'
const PANEL = { coding: [{ system: LOINC, code: '85354-9' }], text: 'Blood pressure' }
const NUMBER = /^[+-]?\d{1,9}(\.\d{1,6})?$/

/** One sign as its observation says it. */
interface Sign {
  readonly node: XmlNode
  readonly organizer: XmlNode | undefined
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly value: number
  readonly unit: string
  readonly time: string
}

/**
 * Vital signs: each observation with a number, a unit and a time (C-CDA R2.1, Vital Signs Organizer). The two numbers of a blood
 * pressure that stand in one organizer, at one time and in one unit, are one.
 */
export function vitalsOf(section: Section, aside: Aside): ImportedItem[] {
  return section.entries.flatMap((entry) => {
    const organizer = child(entry, 'organizer')
    const holders = organizer === undefined ? [entry] : childrenOf(organizer, 'component')
    const signs = holders
      .flatMap((holder) => childrenOf(holder, 'observation'))
      .flatMap((node) => signOf(node, organizer, section, aside))
    const paired = new Map<Sign, Sign>()
    for (const one of signs.filter(({ code }) => code === SYSTOLIC)) {
      const other = signs.find(({ code, time, unit }) => code === DIASTOLIC && time === one.time && unit === one.unit)
      if (other !== undefined && ![...paired.values()].includes(other)) paired.set(one, other)
    }
    const second = new Set(paired.values())
    const items = signs.filter((one) => !second.has(one)).map((one) => itemOf(one, paired.get(one)))
    return items.filter(({ nodes, item }) => !withdraw(aside, nodes, item)).map(({ item }) => item)
  })
}

function signOf(node: XmlNode, organizer: XmlNode | undefined, section: Section, aside: Aside): Sign[] {
  const coded = codedOf(child(node, 'code'), section)
  const name = coded.display ?? tidy(originalText(node, section), 200) ?? coded.code
  const { value = '', unit = '' } = child(node, 'value')?.attributes ?? {}
  const at = child(node, 'effectiveTime') ?? child(organizer, 'effectiveTime')
  const time = hl7Time(at?.attributes.value ?? child(at, 'low')?.attributes.value)
  if (name === null) return leave(aside, 'vital signs', 'It has no name')
  if (!NUMBER.test(value.trim())) return leave(aside, name, 'It has no number')
  if (time === null) return leave(aside, name, 'It has no time')
  const code = coded.codeSystem === LOINC ? coded.code : null
  return [{ node, organizer, id: idOf(node), name, code, value: Number(value), unit: tidy(unit, 50) ?? '', time }]
}

const quantityOf = ({ value, unit }: Sign) =>
  unit === '' || unit === '1' ? { value } : { value, unit, system: UCUM, code: unit }

const codeOf = ({ code, name }: Sign) => ({
  ...(code === null ? {} : { coding: [{ system: LOINC, code, display: name }] }),
  text: name,
})

function itemOf(sign: Sign, other: Sign | undefined): { nodes: (XmlNode | undefined)[]; item: ImportedVital } {
  const { node, organizer, id, name, code, value, unit, time } = sign
  const said = other === undefined ? `${value}` : `${value}/${other.value}`
  const resource = {
    resourceType: 'Observation',
    status: 'final',
    category: [{ coding: [{ system: CATEGORY, code: 'vital-signs' }] }],
    code: other === undefined ? codeOf(sign) : PANEL,
    effectiveDateTime: time,
    ...(other === undefined
      ? { valueQuantity: quantityOf(sign) }
      : { component: [sign, other].map((one) => ({ code: codeOf(one), valueQuantity: quantityOf(one) })) }),
  }
  const item: ImportedVital = {
    kind: 'vital',
    key: ['ccda', id, code ?? name, time, id === '' ? said : ''].join('|').slice(0, 400),
    display: other === undefined ? name : PANEL.text,
    text: [said, unit].filter((part) => part !== '' && part !== '1').join(' '),
    startedOn: time,
    resource,
  }
  return { nodes: [node, other?.node, organizer], item }
}
