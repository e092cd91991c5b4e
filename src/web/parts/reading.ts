import { instantOf, number } from '../format.ts'
import type { Rules } from './fieldTable.ts'
import { formTexts } from './formTexts.ts'

/** A field that the page itself finds wrong. */
export class FieldError extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

/**
 * What was typed or ticked in a field, as the operation takes it; undefined when it was left empty.
 * Throws a `FieldError` that says what the contract would refuse.
 */
export function readField(field: Rules, given: readonly string[]): unknown {
  if (field.kind === 'b') return given.length > 0
  if (field.kind === 'l') return listOf(field, given)
  const t = formTexts()
  // Spaces belong to a password.
  const text = field.kind === 'p' ? (given[0] ?? '') : (given[0] ?? '').trim()
  if (text === '') {
    if (field.isRequired) throw new FieldError(field.name, field.kind === 'c' ? t.choose : t.required)
    return undefined
  }
  if (field.kind === 'n' || field.kind === 'i') return numberIn(field, text)
  const fault = faultOfText(field, text)
  if (fault !== undefined) throw new FieldError(field.name, fault)
  return field.kind === 'z' ? instantOf(text) : text
}

/**
 * A number as people type it: a comma is a point, and digits may be Arabic, Persian or Hindi. Undefined when it is none.
 * Throws a `FieldError` of `field` for `10,000`, which is ten thousand to one reader and ten to another.
 */
export function numberFrom(typed: string, field: string): number | undefined {
  const text = typed
    .trim()
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/[०-९]/g, (digit) => String((digit.charCodeAt(0) - 6) & 15))
    .replace('−', '-')
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(text))
    throw new FieldError(field, formTexts().comma(text.replaceAll(',', '')))
  const pointed = text.replace(/[,٫]/, '.')
  return /^[+-]?\d+(\.\d+)?$/.test(pointed) ? Number(pointed) : undefined
}

function numberIn({ name, kind, least, most }: Rules, text: string): number {
  const t = formTexts()
  const value = numberFrom(text, name)
  if (value === undefined) throw new FieldError(name, t.number)
  if (kind === 'i' && !Number.isInteger(value)) throw new FieldError(name, t.whole)
  if (!((least !== undefined && value < least) || (most !== undefined && value > most))) return value
  const [low, high] = [least, most].map((bound) => (bound === undefined ? undefined : number(bound, 6)))
  if (low === undefined) throw new FieldError(name, t.atMost(high ?? ''))
  throw new FieldError(name, high === undefined ? t.atLeast(low) : t.between(low, high))
}

function faultOfText({ kind, least, most, allowed }: Rules, text: string): string | undefined {
  const t = formTexts()
  if (kind === 'd' || kind === 'z') return Number.isNaN(Date.parse(text)) ? t.date : undefined
  if (kind === 'c') return allowed?.includes(text) === false ? t.choose : undefined
  if (kind === 'e' && !/^\S+@\S+$/.test(text)) return t.email
  // The server counts characters as people do, not the halves of an emoji.
  const length = [...text].length
  if (least !== undefined && length < least) return t.tooShort(number(least))
  return most !== undefined && length > most ? t.tooLong(number(most)) : undefined
}

/** Boxes that were ticked, or the lines of a text. */
function listOf({ name, isRequired, most }: Rules, given: readonly string[]): string[] | undefined {
  const t = formTexts()
  const entries = given
    .flatMap((text) => text.split('\n'))
    .map((text) => text.trim())
    .filter((text) => text !== '')
  if (most !== undefined && entries.length > most) throw new FieldError(name, t.tooMany(number(most)))
  if (entries.length > 0) return entries
  if (isRequired) throw new FieldError(name, t.chooseSome)
  return undefined
}
