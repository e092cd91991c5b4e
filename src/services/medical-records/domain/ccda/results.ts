import { hl7Time, type ImportedItem, type ImportedLab, known, tidy } from '../imported.ts'
import { type Aside, leave, withdraw } from './aside.ts'
import { codedOf, idOf, originalText, type Section } from './parts.ts'
import { child, childrenOf, textOf, type XmlNode } from './xml.ts'

const STATUS: Readonly<Record<string, ImportedLab['status']>> = {
  completed: 'final',
  active: 'preliminary',
  aborted: 'cancelled',
  cancelled: 'cancelled',
  nullified: 'entered_in_error',
}
const NUMBER = /^[+-]?\d{1,12}(\.\d{1,10})?$/

/** Observations read before others are let run. */
const SLICE = 200

/** The results of a section: each observation of each organizer. Yields now and then. */
export function* resultsOf(section: Section, aside: Aside): Generator<void, ImportedItem[]> {
  const items: ImportedItem[] = []
  let count = 0
  for (const entry of section.entries) {
    const organizer = child(entry, 'organizer')
    const holders = organizer === undefined ? [entry] : childrenOf(organizer, 'component')
    for (const observation of holders.flatMap((holder) => childrenOf(holder, 'observation'))) {
      items.push(...resultOf(observation, organizer, section, aside))
      count += 1
      if (count % SLICE === 0) yield
    }
  }
  return items
}

function resultOf(observation: XmlNode, organizer: XmlNode | undefined, section: Section, aside: Aside): ImportedLab[] {
  const coded = codedOf(child(observation, 'code'), section)
  const testName = coded.display ?? tidy(originalText(observation, section), 200) ?? coded.code
  const status = known(STATUS, child(observation, 'statusCode')?.attributes.code) ?? 'unknown'
  const measured = measuredOf(child(observation, 'value'), section)
  if (testName === null) return leave(aside, 'results', 'The result has no name')
  const isGone = status === 'cancelled' || status === 'entered_in_error'
  if (measured === undefined && !isGone) return leave(aside, testName, 'The result has no value')
  const time = child(observation, 'effectiveTime') ?? child(organizer, 'effectiveTime')
  const observedAt = hl7Time(time?.attributes.value ?? child(time, 'low')?.attributes.value)
  const id = idOf(observation)
  const item: ImportedLab = {
    kind: 'lab',
    key: [id, coded.code ?? testName, observedAt, id === '' ? String(measured?.value) : ''].join('|').slice(0, 400),
    testName: testName.slice(0, 200),
    testCode: coded.code,
    ...(measured ?? { value: null, unit: null }),
    rangeText: rangeOf(observation),
    flag: tidy(child(observation, 'interpretationCode')?.attributes.code, 10),
    status,
    observedAt,
    labName: tidy(
      textOf(child(observation, 'performer', 'assignedEntity', 'representedOrganization', 'name'), 200),
      200,
    ),
    orderedBy: null,
    externalId: tidy(id, 200),
    notes: null,
  }
  if (withdraw(aside, [observation, organizer], item)) return []
  return isGone ? leave(aside, testName, 'The result was cancelled') : [item]
}

/** PQ, IVL_PQ (a bound), INT, REAL, CD and ST; undefined for no value. */
function measuredOf(
  node: XmlNode | undefined,
  section: Section,
): { readonly value: number | string; readonly unit: string | null } | undefined {
  if (node === undefined) return undefined
  const type = (node.attributes.type ?? '').split(':').at(-1)
  const unit = unitOf(node)
  const { value } = node.attributes
  if (value !== undefined && NUMBER.test(value.trim())) return { value: Number(value), unit }
  if (type === 'IVL_PQ') return boundOf(node)
  const coded = type === 'CD' || type === 'CE' || type === 'CO' ? codedOf(node, section) : undefined
  const words = tidy(coded?.display ?? coded?.code ?? value ?? '', 500) ?? tidy(textOf(node, 500), 500)
  return words === null ? undefined : { value: words, unit }
}

function boundOf(node: XmlNode): { readonly value: string; readonly unit: string | null } | undefined {
  const low = child(node, 'low')
  const high = child(node, 'high')
  const lowValue = low?.attributes.value
  const highValue = high?.attributes.value
  if (lowValue !== undefined && highValue !== undefined)
    return { value: `${lowValue}-${highValue}`.slice(0, 100), unit: unitOf(low) }
  if (lowValue !== undefined) return { value: `>${lowValue}`.slice(0, 100), unit: unitOf(low) }
  return highValue === undefined ? undefined : { value: `<${highValue}`.slice(0, 100), unit: unitOf(high) }
}

function rangeOf(observation: XmlNode): string | null {
  const range = child(observation, 'referenceRange', 'observationRange')
  const value = child(range, 'value')
  const low = child(value, 'low')?.attributes.value
  const high = child(value, 'high')?.attributes.value
  if (low !== undefined && high !== undefined) return tidy(`${low} - ${high}`, 200)
  if (low !== undefined) return tidy(`>= ${low}`, 200)
  if (high !== undefined) return tidy(`<= ${high}`, 200)
  return tidy(textOf(child(range, 'text'), 200), 200)
}

function unitOf(node: XmlNode | undefined): string | null {
  const unit = node?.attributes.unit
  return unit === undefined || unit === '1' ? null : tidy(unit, 50)
}
