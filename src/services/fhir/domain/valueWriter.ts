import type { Property } from './definitions.ts'
import { isObject, type Json, type JsonObject, listOf, numberOf } from './json.ts'
import { type KeyKind, referenceForms, referenceOf, type TakeForm, tokenForms } from './keys.ts'
import type { SearchParameter } from './parameters.ts'
import type { SearchValues } from './searchValues.ts'
import { canonicalUnit } from './units.ts'
import { BEGINNING_MS, END_MS, type HashPrefix, normalText, type TimeRange, timeRange } from './values.ts'

const LONGEST_TEXT = 500

/** Writes what a resource is found by under one name: that of a search parameter, or of a composite up to its last part. */
export class ValueWriter {
  private readonly name: HashPrefix
  private readonly forms: Partial<Record<KeyKind, HashPrefix>> = {}
  private ownParameter: number | undefined
  private ownTexts: number | undefined

  constructor(name: HashPrefix) {
    this.name = name
  }

  /** The number of the parameter in the tables of values. */
  get parameter(): number {
    this.ownParameter ??= this.keyOf('value', '')
    return this.ownParameter
  }

  keyOf(kind: KeyKind, text: string): number {
    const known = this.forms[kind]
    if (known !== undefined) return known.of(text)
    const prefix = this.name.with(`\u0001${kind}\u0001`)
    this.forms[kind] = prefix
    return prefix.of(text)
  }

  /** Adds a value, as the parameter's type is found. */
  add(
    values: SearchValues,
    kind: SearchParameter['type'],
    value: Json,
    type: string,
    property: Property | undefined,
  ): void {
    const { keys } = values
    const take: TakeForm = (form, text) => void keys.add(this.keyOf(form, text))
    switch (kind) {
      case 'token':
        tokenForms({ value, property }, take)
        if (isObject(value)) this.addDisplays(values, value)
        return
      case 'uri':
        if (typeof value !== 'string') return
        take('value', value)
        values.texts.push({ parameter: this.parameter, text: value.slice(0, LONGEST_TEXT) })
        return
      case 'reference': {
        const target = referenceOf(value)
        referenceForms(value, take, target)
        if (target !== undefined)
          values.references.push({ parameter: this.parameter, type: target.type, id: target.id })
        return
      }
      case 'string':
        for (const text of textsOf(value)) {
          take('exact', text)
          addText(values, this.parameter, text)
        }
        return
      case 'date': {
        const range = rangeOf(value)
        if (range !== undefined) values.dates.push({ parameter: this.parameter, from: range.from, until: range.until })
        return
      }
      case 'number':
      case 'quantity':
        addAmount(values, this.parameter, value, type)
    }
  }

  /** What a person reads of a code: for `:text`. */
  private addDisplays(values: SearchValues, value: JsonObject): void {
    this.ownTexts ??= this.name.with(':text\u0001value\u0001').of('')
    const add = (text: Json | undefined) => {
      if (typeof text === 'string') addText(values, this.ownTexts as number, text)
    }
    add(value.text)
    add(value.display)
    for (const coding of listOf(value.coding)) if (isObject(coding)) add(coding.display)
    if (isObject(value.type)) add(value.type.text)
  }
}

function addText(values: SearchValues, parameter: number, text: string): void {
  const normal = normalText(text).slice(0, LONGEST_TEXT)
  if (normal !== '') values.texts.push({ parameter, text: normal })
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

/** The time that a date, a period or a schedule covers. */
function rangeOf(value: Json): TimeRange | undefined {
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

function addAmount({ numbers }: SearchValues, parameter: number, value: Json, type: string): void {
  const plain = numberOf(value)
  if (plain !== undefined) {
    numbers.push({ parameter, from: plain, until: plain, system: '', code: '', unit: '', canonical: undefined })
    return
  }
  if (!isObject(value)) return
  if (type === 'Range') {
    const [low, high] = [value.low, value.high].map((one) => (isObject(one) ? one : undefined))
    const [from, until] = [numberOf(low?.value), numberOf(high?.value)]
    if (from === undefined && until === undefined) return
    numbers.push(amountIn(parameter, low ?? high ?? {}, from ?? -1e300, until ?? 1e300))
    return
  }
  const number = numberOf(value.value)
  if (number === undefined) return
  if (type === 'Money') {
    const currency = { system: 'urn:iso:std:iso:4217', code: textOf(value.currency), unit: '' }
    numbers.push({ parameter, from: number, until: number, ...currency, canonical: undefined })
  } else numbers.push(amountIn(parameter, value, number, number))
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '')

function amountIn(
  parameter: number,
  quantity: JsonObject,
  from: number,
  until: number,
): SearchValues['numbers'][number] {
  const [system, code] = [textOf(quantity.system), textOf(quantity.code)]
  const base = canonicalUnit(system, code)
  const canonical =
    base === undefined ? undefined : { from: base.of(from), until: base.of(until), dimension: base.dimension }
  return { parameter, from, until, system, code, unit: textOf(quantity.unit), canonical }
}
