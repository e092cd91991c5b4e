import { fileTypeOf, SNIFFED_BYTES } from '../fileTypes.ts'
import { tidy } from '../imported.ts'
import type { Segment } from './segments.ts'

const TEXTS = new Set(['ST', 'TX', 'FT', ''])
const CODED = new Set(['CE', 'CWE', 'CNE', 'CF'])
const WORDS = new Set(['IS', 'ID', 'DT', 'TS', 'DTM', 'TM', 'CX', 'SI', 'CQ', 'MO', 'XPN', 'XCN', 'XON', 'XAD', 'XTN'])
const NUMBER = /^[+-]?\d{1,12}(\.\d{1,10})?$/
/** As much of a file as is taken, in characters of base64: some four megabytes. */
const LARGEST_DATA = 6_000_000
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** A file that a result brings. */
export interface ResultFile {
  readonly data: string
  readonly mime: string
  readonly kilobytes: number
}

/** What OBX-5 says: a number, words or lines of text, a file, nothing yet, or what is not taken and why. */
export type ResultValue =
  | { readonly value: number | string }
  | { readonly lines: readonly string[] }
  | { readonly file: ResultFile }
  | { readonly why: string }

/** Reads the value of an OBX by its type. */
export function valueOfResult(segment: Segment): ResultValue {
  const type = segment.first(2).toUpperCase()
  const parts = segment.repetitions(5)
  if (parts.length === 0) return nothing
  if (type === 'ED') return fileOf(parts[0] ?? [])
  if (type === 'RP') return { why: 'Its file lies elsewhere' }
  if (type === 'SN') return saying(structuredNumber(parts[0] ?? []))
  if (CODED.has(type)) {
    return saying(
      tidy(
        parts.map(([code = '', text = '', , other = '', name = '']) => text || name || code || other).join('; '),
        500,
      ),
    )
  }
  if (TEXTS.has(type)) return textOf(parts)
  if (type !== 'NM' && !WORDS.has(type)) return { why: 'The kind of value is not taken' }
  const text = tidy(parts.map((part) => part.filter((one) => one !== '').join(' ')).join(' '), 500)
  return saying(text !== null && NUMBER.test(text) ? Number(text) : text)
}

const nothing: ResultValue = { why: 'The result has no value yet' }
const saying = (value: number | string | null): ResultValue => (value === null ? nothing : { value })

/** Each repetition, and each line within, is a line of the text; components are its own marks. */
function textOf(parts: readonly (readonly string[])[]): ResultValue {
  const lines = parts.flatMap((part) => part.join('^').replace(/\^+$/, '').split('\n'))
  const [only = ''] = lines
  if (lines.length === 1 && NUMBER.test(only.trim())) return { value: Number(only.trim()) }
  return lines.every((line) => line.trim() === '') ? nothing : { lines }
}

/** `>^5`, `^10`, `^1^:^128`, `^10^-^20`: a number only where it is one; ratios and spans stay words. */
function structuredNumber([comparator = '', first = '', separator = '', second = '']: readonly string[]):
  | number
  | string
  | null {
  if (first === '') return null
  if (separator !== '' || second !== '') return tidy(`${comparator}${first}${separator}${second}`, 100)
  const number = NUMBER.test(first) ? Number(first) : undefined
  if (number === undefined || comparator !== '') return tidy(`${comparator}${first}`, 100)
  return number
}

/** `source^type^subtype^encoding^data`: what it is, its bytes say. */
function fileOf([, , , encoding = '', ...given]: readonly string[]): ResultValue {
  const packed = given.join('').replaceAll(/\s+/g, '')
  if (packed === '') return nothing
  const isHex = /^hex$/i.test(encoding)
  if (packed.length > LARGEST_DATA * (isHex ? 1.5 : 1)) return { why: 'The file within is too large' }
  const data = isHex ? ofHex(packed) : packed
  if (data === undefined || !/^(base64|b64|hex)$/i.test(encoding) || !BASE64.test(data) || data.length % 4 === 1) {
    return { why: 'The file within can not be unpacked' }
  }
  const head = bytesOf(data.slice(0, Math.ceil(SNIFFED_BYTES / 3) * 4)).subarray(0, SNIFFED_BYTES)
  const type = fileTypeOf(head)
  if (type === undefined) return { why: 'The file within is of a kind that is not kept here' }
  if (type.reading === 'pdf' && !endsAsPdf(data)) return { why: 'The file within is cut off' }
  return { file: { data, mime: type.mime, kilobytes: Math.max(1, Math.round((data.length * 0.75) / 1000)) } }
}

function ofHex(text: string): string | undefined {
  if (text.length % 2 === 1 || !/^[0-9A-Fa-f]+$/.test(text)) return undefined
  let binary = ''
  for (let at = 0; at < text.length; at += 2) binary += String.fromCharCode(Number.parseInt(text.slice(at, at + 2), 16))
  return btoa(binary)
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64.replace(/=+$/, '').slice(0, base64.length - (base64.length % 4))), (one) =>
    one.charCodeAt(0),
  )
}

/** Programs that write PDF end it with a mark; what follows is little. */
function endsAsPdf(data: string): boolean {
  const plain = data.replace(/=+$/, '')
  const start = Math.max(0, Math.floor((plain.length - 4000) / 4) * 4)
  return atob(plain.slice(start)).includes('%%EOF')
}
