import { isObject, type Json, type JsonObject, listOf, numberOf, type Resource } from './json.ts'
import { compositeParameter, keyOf, referenceForms, tokenForms } from './keys.ts'
import { type Component, type Found, findValues, type ParameterBook, type SearchParameter } from './parameters.ts'
import { canonicalUnit } from './units.ts'
import { BEGINNING_MS, END_MS, normalText, readReference, type TimeRange, timeRange } from './values.ts'

/** What a resource can be found by. */
export interface SearchValues {
  /** Hashes of tokens, references, addresses, exact texts and of "has a value". */
  readonly keys: Set<number>
  readonly dates: { readonly parameter: number; readonly from: number; readonly until: number }[]
  readonly numbers: {
    readonly parameter: number
    readonly from: number
    readonly until: number
    readonly system: string
    readonly code: string
    readonly unit: string
    /** In base units, where the unit is one of UCUM. */
    readonly canonical: { readonly from: number; readonly until: number; readonly dimension: string } | undefined
  }[]
  readonly texts: { readonly parameter: number; readonly text: string }[]
  readonly references: { readonly parameter: number; readonly type: string; readonly id: string }[]
  /** Patients whose compartment it is in. */
  readonly patients: string[]
}

const LONGEST_TEXT = 500

/** Reads from resources what they can be found by, as the definitions' search parameters say. */
export class Extractor {
  private readonly book: ParameterBook
  private readonly compartment: Readonly<Record<string, readonly string[]>>

  constructor(book: ParameterBook, compartment: Readonly<Record<string, readonly string[]>>) {
    this.book = book
    this.compartment = compartment
  }

  extract(resource: Resource): SearchValues {
    const values: SearchValues = { keys: new Set(), dates: [], numbers: [], texts: [], references: [], patients: [] }
    const patients = new Set<string>(resource.resourceType === 'Patient' ? [String(resource.id)] : [])
    const roles = this.compartment[resource.resourceType] ?? []
    for (const parameter of this.book.of(resource.resourceType).values()) {
      const found = findValues(resource, resource.resourceType, parameter.paths)
      if (found.length === 0) continue
      values.keys.add(keyOf(parameter.code, 'has', ''))
      if (parameter.type === 'composite') addComposite(values, parameter, found, resource)
      else for (const one of found) addValue(values, parameter.code, parameter.type, one)
      if (!roles.includes(parameter.code)) continue
      for (const one of found) {
        const target = referenceOf(one.value)
        if (target?.type === 'Patient') patients.add(target.id)
      }
    }
    if (resource.resourceType === 'Patient') addDeceased(values, resource)
    values.patients.push(...patients)
    return withoutRepeats(values)
  }
}

function addDeceased(values: SearchValues, patient: Resource): void {
  const isDeceased = patient.deceasedDateTime !== undefined || patient.deceasedBoolean === true
  values.keys.add(keyOf('deceased', 'has', '')).add(keyOf('deceased', 'value', String(isDeceased)))
}

function withoutRepeats(values: SearchValues): SearchValues {
  return {
    ...values,
    dates: once(values.dates, (one) => `${one.parameter} ${one.from} ${one.until}`),
    numbers: once(values.numbers, ({ canonical: _same, ...one }) => Object.values(one).join('\u0001')),
    texts: once(values.texts, (one) => `${one.parameter} ${one.text}`),
    references: once(values.references, (one) => `${one.parameter} ${one.type}/${one.id}`),
  }
}

function once<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  if (items.length < 2) return [...items]
  return [...new Map(items.map((item) => [nameOf(item), item])).values()]
}

/** The resource that a reference names on this server; undefined for others. */
export function referenceOf(value: Json): { readonly type: string; readonly id: string } | undefined {
  const text = isObject(value) ? value.reference : value
  if (typeof text !== 'string' || text.startsWith('#')) return undefined
  const read = readReference(text)
  return read === undefined || read.base !== '' ? undefined : read
}

function addValue(values: SearchValues, code: string, type: SearchParameter['type'], found: Found, name = code): void {
  const { keys } = values
  switch (type) {
    case 'token':
      for (const form of tokenForms(found)) keys.add(keyOf(name, form.kind, form.text))
      for (const text of displaysOf(found.value)) addText(values, keyOf(`${name}:text`, 'value', ''), text)
      return
    case 'uri':
      if (typeof found.value !== 'string') return
      keys.add(keyOf(name, 'value', found.value))
      values.texts.push({ parameter: keyOf(name, 'value', ''), text: found.value.slice(0, LONGEST_TEXT) })
      return
    case 'reference': {
      for (const form of referenceForms(found.value)) keys.add(keyOf(name, form.kind, form.text))
      const target = referenceOf(found.value)
      if (target !== undefined)
        values.references.push({ parameter: keyOf(name, 'value', ''), type: target.type, id: target.id })
      return
    }
    case 'string':
      for (const text of textsOf(found.value)) {
        keys.add(keyOf(name, 'exact', text))
        addText(values, keyOf(name, 'value', ''), text)
      }
      return
    case 'date': {
      const range = rangeOf(found.value)
      if (range !== undefined) values.dates.push({ parameter: keyOf(name, 'value', ''), ...range })
      return
    }
    case 'number':
    case 'quantity':
      for (const one of quantitiesOf(found)) values.numbers.push({ parameter: keyOf(name, 'value', ''), ...one })
  }
}

function addText(values: SearchValues, parameter: number, text: string): void {
  const normal = normalText(text).slice(0, LONGEST_TEXT)
  if (normal !== '') values.texts.push({ parameter, text: normal })
}

/** The last part of a composite is indexed under a name that holds the parts before it. */
function addComposite(
  values: SearchValues,
  parameter: SearchParameter,
  roots: readonly Found[],
  resource: Resource,
): void {
  const last = parameter.components.at(-1)
  if (last === undefined) return
  for (const root of roots) {
    if (!isObject(root.value)) continue
    const object = root.value
    if (parameter.components[1]?.type === 'number') {
      addStretch(values, parameter, { object, type: root.type, resource })
      continue
    }
    const before = parameter.components.slice(0, -1).map((part) => formsOf(part, object, root.type))
    const ends = findValues(object, root.type, last.paths.get(root.type) ?? [])
    if (ends.length === 0 || before.some((forms) => forms.length === 0)) continue
    for (const names of combinations(before.map((forms) => [...new Set(forms)]))) {
      const name = compositeParameter(parameter.code, names)
      for (const end of ends) addValue(values, parameter.code, last.type, end, name)
    }
  }
}

/** `chromosome$start$end`: one row of start and end, under a name that holds the first part. */
function addStretch(
  values: SearchValues,
  parameter: SearchParameter,
  { object, type, resource }: { object: JsonObject; type: string; resource: Resource },
): void {
  const [first, start, end] = parameter.components as [Component, Component, Component]
  const forms = first.isOfResource ? formsOf(first, resource, resource.resourceType) : formsOf(first, object, type)
  const numberIn = (part: Component) => numberOf(findValues(object, type, part.paths.get(type) ?? [])[0]?.value)
  const [from, until] = [numberIn(start), numberIn(end)]
  if (from === undefined || until === undefined) return
  for (const form of new Set(forms)) {
    const name = keyOf(compositeParameter(parameter.code, [form]), 'value', '')
    values.numbers.push({ parameter: name, from, until, system: '', code: '', unit: '', canonical: undefined })
  }
}

function formsOf(part: Component, root: JsonObject, type: string): string[] {
  const found = findValues(root, type, part.paths.get(type) ?? [])
  if (part.type === 'token') {
    return found.flatMap((one) =>
      tokenForms(one)
        .filter((form) => form.kind === 'value')
        .map((form) => form.text),
    )
  }
  if (part.type === 'reference') {
    return found.flatMap((one) =>
      referenceForms(one.value)
        .filter((form) => form.kind === 'value')
        .map((form) => form.text),
    )
  }
  return []
}

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>((all, list) => all.flatMap((one) => list.map((next) => [...one, next])), [[]])
}

const NAME_PARTS = [
  'text',
  'family',
  'given',
  'prefix',
  'suffix',
  'line',
  'city',
  'district',
  'state',
  'postalCode',
  'country',
]

function textsOf(value: Json): string[] {
  if (typeof value === 'string') return [value]
  if (!isObject(value)) return []
  return NAME_PARTS.flatMap((part) => listOf(value[part]).filter((one): one is string => typeof one === 'string'))
}

function displaysOf(value: Json): string[] {
  if (!isObject(value)) return []
  const own = [value.text, value.display]
  const codings = listOf(value.coding).map((coding) => (isObject(coding) ? coding.display : undefined))
  const kind = isObject(value.type) ? [value.type.text] : []
  return [...own, ...codings, ...kind].filter((one): one is string => typeof one === 'string')
}

/** The time that a date, a period or a schedule covers. */
export function rangeOf(value: Json): TimeRange | undefined {
  if (typeof value === 'string') return timeRange(value)
  if (!isObject(value)) return undefined
  if (value.event !== undefined || value.repeat !== undefined) {
    const events = listOf(value.event).flatMap((one) => rangeOf(one) ?? [])
    const bounds = isObject(value.repeat) ? rangeOf(value.repeat.boundsPeriod ?? null) : undefined
    const all = bounds === undefined ? events : [...events, bounds]
    if (all.length === 0) return undefined
    return { from: Math.min(...all.map((one) => one.from)), until: Math.max(...all.map((one) => one.until)) }
  }
  const start = typeof value.start === 'string' ? timeRange(value.start) : undefined
  const end = typeof value.end === 'string' ? timeRange(value.end) : undefined
  if (start === undefined && end === undefined) return undefined
  return { from: start?.from ?? BEGINNING_MS, until: end?.until ?? END_MS }
}

type Amount = Omit<SearchValues['numbers'][number], 'parameter'>

function quantitiesOf({ value, type }: Found): Amount[] {
  const plain = numberOf(value)
  if (plain !== undefined) return [{ from: plain, until: plain, system: '', code: '', unit: '', canonical: undefined }]
  if (!isObject(value)) return []
  if (type === 'Range') {
    const [low, high] = [value.low, value.high].map((one) => (isObject(one) ? one : undefined))
    const [from, until] = [numberOf(low?.value), numberOf(high?.value)]
    if (from === undefined && until === undefined) return []
    return [amountIn(low ?? high ?? {}, from ?? -1e300, until ?? 1e300)]
  }
  const number = numberOf(value.value)
  if (number === undefined) return []
  if (type === 'Money') {
    const currency = { system: 'urn:iso:std:iso:4217', code: textOf(value.currency), unit: '' }
    return [{ from: number, until: number, ...currency, canonical: undefined }]
  }
  return [amountIn(value, number, number)]
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '')

function amountIn(quantity: JsonObject, from: number, until: number): Amount {
  const [system, code] = [textOf(quantity.system), textOf(quantity.code)]
  const base = canonicalUnit(system, code)
  const canonical =
    base === undefined ? undefined : { from: base.of(from), until: base.of(until), dimension: base.dimension }
  return { from, until, system, code, unit: textOf(quantity.unit), canonical }
}
