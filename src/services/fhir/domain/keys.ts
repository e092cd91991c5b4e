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

/** Takes a form in which a value may be asked for. */
export type TakeForm = (kind: KeyKind, text: string) => void

/** The forms in which a token may be asked for: `system|code`, `code`, `|code`, `system|`. */
export function tokenForms({ value, property }: Pick<Found, 'value' | 'property'>, take: TakeForm): void {
  if (!isObject(value)) takePlain(String(value), property, take)
  else if (
    value.coding !== undefined ||
    (value.text !== undefined && value.value === undefined && value.code === undefined)
  ) {
    for (const coding of listOf(value.coding)) if (isObject(coding)) takeCoding(coding, take)
  } else if (value.code !== undefined || (value.system !== undefined && value.value === undefined))
    takeCoding(value, take)
  else if (value.value !== undefined) {
    takeCoded(textOf(value.system), String(value.value), take)
    takeOfType(value, take)
  }
}

/** A code, with the systems of its value set that have it. */
function takePlain(code: string, property: Found['property'], take: TakeForm): void {
  take('value', code)
  let isKnown = false
  for (const [system, codes] of property?.codes ?? []) {
    if (!codes.has(code)) continue
    isKnown = true
    take('value', `${system}|${code}`)
    if (system !== '') take('system', system)
  }
  if (!isKnown) take('value', `|${code}`)
}

function takeCoding(coding: JsonObject, take: TakeForm): void {
  const system = textOf(coding.system)
  if (coding.code !== undefined) takeCoded(system, String(coding.code), take)
  else if (system !== '') take('system', system)
}

function takeCoded(system: string, code: string, take: TakeForm): void {
  take('value', code)
  take('value', `${system}|${code}`)
  if (system !== '') take('system', system)
}

/** `:of-type` of an identifier: `system|code|value` of its type. */
function takeOfType(identifier: JsonObject, take: TakeForm): void {
  const { type } = identifier
  if (!isObject(type)) return
  for (const coding of listOf(type.coding)) {
    if (isObject(coding) && coding.code !== undefined)
      take('of-type', `${textOf(coding.system)}|${coding.code}|${identifier.value}`)
  }
}

/** The resource that a reference names on this server; undefined for others. */
export function referenceOf(value: Json): { readonly type: string; readonly id: string } | undefined {
  const text = isObject(value) ? value.reference : value
  if (typeof text !== 'string' || text.startsWith('#')) return undefined
  const read = readReference(text)
  return read === undefined || read.base !== '' ? undefined : read
}

/** The forms in which a reference may be asked for: `Type/id`, `id`, an address, an identifier. */
export function referenceForms(value: Json, take: TakeForm, target = referenceOf(value)): void {
  const text = isObject(value) ? value.reference : value
  if (target !== undefined) {
    take('value', `${target.type}/${target.id}`)
    take('id', target.id)
  } else if (typeof text === 'string' && !text.startsWith('#')) {
    take('value', text)
    if (/^[A-Za-z0-9\-.]{1,64}$/.test(text)) take('id', text)
    const plain = text.split('|')[0] as string
    if (plain !== text) take('value', plain)
  }
  if (isObject(value) && isObject(value.identifier) && value.identifier.value !== undefined) {
    const { system, value: name } = value.identifier
    take('identifier', `${textOf(system)}|${name}`)
    take('identifier', String(name))
  }
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '')
