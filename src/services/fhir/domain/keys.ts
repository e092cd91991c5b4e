import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import type { Found } from './parameters.ts'
import { hash53, readReference } from './values.ts'

/** What kind of thing a key of a parameter says. */
export type KeyKind = 'value' | 'has' | 'exact' | 'system' | 'of-type' | 'id' | 'identifier'

/** The number under which a value of a parameter is found. */
export function keyOf(parameter: string, kind: KeyKind, text: string): number {
  return hash53(`${parameter}\u0001${kind}\u0001${text}`)
}

/** The name under which the last part of a composite is indexed. */
export function compositeParameter(code: string, before: readonly string[]): string {
  return [code, ...before].join('\u0002')
}

export interface Form {
  readonly kind: KeyKind
  readonly text: string
}

/** The forms in which a token may be asked for: `system|code`, `code`, `|code`, `system|`. */
export function tokenForms({ value, property }: Found): Form[] {
  if (!isObject(value)) {
    const code = String(value)
    const systems = [...(property?.codes ?? [])].filter(([, codes]) => codes.has(code)).map(([system]) => system)
    return [
      { kind: 'value', text: code },
      ...systems.flatMap((system) => coded(system, code).slice(1)),
      ...(systems.length === 0 ? [{ kind: 'value' as const, text: `|${code}` }] : []),
    ]
  }
  if (
    value.coding !== undefined ||
    (value.text !== undefined && value.value === undefined && value.code === undefined)
  ) {
    return listOf(value.coding).flatMap((coding) => (isObject(coding) ? codingForms(coding) : []))
  }
  if (value.code !== undefined || (value.system !== undefined && value.value === undefined)) return codingForms(value)
  if (value.value !== undefined) return [...coded(textOf(value.system), String(value.value)), ...ofType(value)]
  return []
}

function codingForms(coding: JsonObject): Form[] {
  const system = textOf(coding.system)
  if (coding.code === undefined) return system === '' ? [] : [{ kind: 'system', text: system }]
  return coded(system, String(coding.code))
}

function coded(system: string, code: string): Form[] {
  return [
    { kind: 'value', text: code },
    { kind: 'value', text: `${system}|${code}` },
    ...(system === '' ? [] : [{ kind: 'system' as const, text: system }]),
  ]
}

/** `:of-type` of an identifier: `system|code|value` of its type. */
function ofType(identifier: JsonObject): Form[] {
  const { type } = identifier
  if (!isObject(type)) return []
  return listOf(type.coding).flatMap((coding) =>
    isObject(coding) && coding.code !== undefined
      ? [{ kind: 'of-type' as const, text: `${textOf(coding.system)}|${coding.code}|${identifier.value}` }]
      : [],
  )
}

/** The forms in which a reference may be asked for: `Type/id`, `id`, an address, an identifier. */
export function referenceForms(value: Json): Form[] {
  const forms: Form[] = []
  const text = isObject(value) ? value.reference : value
  if (typeof text === 'string' && !text.startsWith('#')) {
    const read = readReference(text)
    if (read !== undefined && read.base === '') {
      forms.push({ kind: 'value', text: `${read.type}/${read.id}` }, { kind: 'id', text: read.id })
    } else {
      forms.push({ kind: 'value', text })
      if (/^[A-Za-z0-9\-.]{1,64}$/.test(text)) forms.push({ kind: 'id', text })
      const plain = text.split('|')[0] as string
      if (plain !== text) forms.push({ kind: 'value', text: plain })
    }
  }
  if (isObject(value) && isObject(value.identifier) && value.identifier.value !== undefined) {
    const { system, value: name } = value.identifier
    forms.push({ kind: 'identifier', text: `${textOf(system)}|${name}` }, { kind: 'identifier', text: String(name) })
  }
  return forms
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '')
