export class DicomFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DicomFault'
  }
}

const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2'
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'
const DEFLATED = '1.2.840.10008.1.2.1.99'
/** Value representations with a length of four bytes. */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'])
const MOST_ELEMENTS = 5000
const DEEPEST = 8
const UNDEFINED_LENGTH = 0xffffffff
const LONGEST_VALUE = 256
const SPECIFIC_CHARACTER_SET = 0x00080005

/** Where the value of an element stands; `length` is undefined where the file does not say it. */
export interface Element {
  readonly tag: number
  readonly at: number
  readonly length: number | undefined
}

/** The elements of the outermost level of a file, by tag. */
export interface DicomFile {
  readonly bytes: Uint8Array
  readonly syntax: string
  readonly elements: ReadonlyMap<number, Element>
  /** Printable text without padding, at most 256 bytes of it; undefined for none. */
  text(tag: number): string | undefined
  /** A 16-bit number; undefined for none. */
  number(tag: number): number | undefined
}

/**
 * Reads the elements of a DICOM file up to a tag: part 10 with explicit or implicit little endian. Reads no further than the
 * given bytes.
 * @throws DicomFault for other files, big endian and deflated ones, and headers that are cut or point outside
 */
export function openDicom(bytes: Uint8Array, lastTag: number): DicomFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 140 || textAt(bytes, 128, 4) !== 'DICM') throw new DicomFault('The file is no DICOM')
  const syntax = readMeta(bytes, view)
  if (syntax.uid === EXPLICIT_BIG_ENDIAN) throw new DicomFault('Big-endian DICOM is not read')
  if (syntax.uid === DEFLATED) throw new DicomFault('Deflated DICOM is not read')
  const isImplicit = syntax.uid === IMPLICIT_LITTLE_ENDIAN
  const elements = new Map<number, Element>()
  let at = syntax.end
  for (let count = 0; count < MOST_ELEMENTS && at + 8 <= bytes.length; count += 1) {
    const element = elementAt(bytes, view, at, isImplicit)
    if (element.tag > lastTag || element.tag < 0x00080000) break
    elements.set(element.tag, element)
    // What stands behind the pixels is not looked at.
    if (element.tag === lastTag) break
    at = endOf(bytes, view, element, isImplicit, 0)
  }
  return fileOf(bytes, view, syntax.uid, elements)
}

function fileOf(bytes: Uint8Array, view: DataView, syntax: string, elements: ReadonlyMap<number, Element>): DicomFile {
  const whole = (tag: number) => {
    const element = elements.get(tag)
    const isWhole = element?.length !== undefined && element.at + element.length <= bytes.length
    return isWhole ? { at: element.at, length: element.length as number } : undefined
  }
  const isUtf8 = () => {
    const set = whole(SPECIFIC_CHARACTER_SET)
    return set !== undefined && /ISO_IR 192/.test(textAt(bytes, set.at, Math.min(set.length, LONGEST_VALUE)))
  }
  return {
    bytes,
    syntax,
    elements,
    text(tag) {
      const value = whole(tag)
      if (value === undefined) return undefined
      const text = textAt(bytes, value.at, Math.min(value.length, LONGEST_VALUE), isUtf8() ? 'utf-8' : 'windows-1252')
      return text === '' ? undefined : text
    },
    number(tag) {
      const value = whole(tag)
      return value === undefined || value.length < 2 ? undefined : view.getUint16(value.at, true)
    },
  }
}

/** The transfer syntax of the file meta information (always explicit little endian), and where it ends. */
function readMeta(bytes: Uint8Array, view: DataView): { readonly uid: string; readonly end: number } {
  let uid = ''
  let at = 132
  for (let count = 0; count < 100 && at + 8 <= bytes.length; count += 1) {
    const element = elementAt(bytes, view, at, false)
    if (element.tag >>> 16 !== 0x0002) break
    if (element.tag === 0x00020010) uid = textAt(bytes, element.at, Math.min(element.length ?? 0, LONGEST_VALUE))
    at = endOf(bytes, view, element, false, 0)
  }
  if (!/^[0-9.]{5,64}$/.test(uid)) throw new DicomFault('The file does not name its transfer syntax')
  return { uid, end: at }
}

function elementAt(bytes: Uint8Array, view: DataView, at: number, isImplicit: boolean): Element {
  need(bytes, at, 8)
  const tag = ((view.getUint16(at, true) << 16) | view.getUint16(at + 2, true)) >>> 0
  if (isImplicit || tag >>> 16 === 0xfffe) return { tag, at: at + 8, length: lengthOf(view.getUint32(at + 4, true)) }
  const representation = textAt(bytes, at + 4, 2)
  if (!/^[A-Z]{2}$/.test(representation)) throw new DicomFault('The header of the file is damaged')
  if (!LONG.has(representation)) return { tag, at: at + 8, length: view.getUint16(at + 6, true) }
  need(bytes, at, 12)
  return { tag, at: at + 12, length: lengthOf(view.getUint32(at + 8, true)) }
}

const lengthOf = (length: number) => (length === UNDEFINED_LENGTH ? undefined : length)

/** Where the next element begins; sequences of no said length are walked through. */
function endOf(bytes: Uint8Array, view: DataView, element: Element, isImplicit: boolean, depth: number): number {
  if (element.length !== undefined) {
    const end = element.at + element.length
    if (end > bytes.length) throw new DicomFault('The header of the file is cut off, or larger than what is read')
    return end
  }
  if (depth >= DEEPEST) throw new DicomFault('The header of the file is nested too deeply')
  let at = element.at
  for (let count = 0; count < MOST_ELEMENTS; count += 1) {
    const inner = elementAt(bytes, view, at, isImplicit)
    if (inner.tag === 0xfffee0dd || inner.tag === 0xfffee00d) return inner.at
    at = endOf(bytes, view, inner, isImplicit, depth + 1)
  }
  throw new DicomFault('The header of the file has too many elements')
}

/** Printable text, without the padding. */
function textAt(bytes: Uint8Array, at: number, length: number, charset = 'windows-1252'): string {
  return new TextDecoder(charset)
    .decode(bytes.subarray(at, at + length))
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

function need(bytes: Uint8Array, at: number, length: number): void {
  if (at + length > bytes.length) throw new DicomFault('The header of the file is cut off, or larger than what is read')
}
