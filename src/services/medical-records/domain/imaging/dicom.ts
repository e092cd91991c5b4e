/** What is read of the header of a DICOM file. Names, numbers and birth dates of people are not among it. */
export type DicomHeader = Readonly<Record<string, string | number>>

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

/** Elements that are kept, by group and element; numbers are the 16-bit ones. */
const KEPT: Readonly<Record<number, readonly [name: string, kind: 'text' | 'number']>> = {
  524310: ['sop_class_uid', 'text'],
  524312: ['sop_instance_uid', 'text'],
  524320: ['study_date', 'text'],
  524336: ['study_time', 'text'],
  524384: ['modality', 'text'],
  524400: ['manufacturer', 'text'],
  524416: ['institution', 'text'],
  528432: ['study_description', 'text'],
  528446: ['series_description', 'text'],
  1572885: ['body_part', 'text'],
  1572944: ['slice_thickness_mm', 'text'],
  2097165: ['study_uid', 'text'],
  2097166: ['series_uid', 'text'],
  2097169: ['series_number', 'text'],
  2097171: ['instance_number', 'text'],
  2621448: ['frames', 'text'],
  2621456: ['rows', 'number'],
  2621457: ['columns', 'number'],
}
const LAST_WANTED = 0x00280011

interface Element {
  readonly tag: number
  readonly at: number
  readonly length: number
  readonly representation: string | undefined
}

/**
 * Reads the header of a DICOM file from its beginning: part 10 with explicit or implicit little endian. Reads no further than
 * the given bytes, and stops before the pixels.
 * @throws DicomFault for other files, big endian and deflated ones, and headers that are cut or point outside
 */
export function readDicom(bytes: Uint8Array): DicomHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 140 || textAt(bytes, 128, 4) !== 'DICM') throw new DicomFault('The file is no DICOM')
  const header: Record<string, string | number> = {}
  const syntax = readMeta(bytes, view)
  if (syntax.uid === EXPLICIT_BIG_ENDIAN) throw new DicomFault('Big-endian DICOM is not read')
  if (syntax.uid === DEFLATED) throw new DicomFault('Deflated DICOM is not read')
  header.transfer_syntax = syntax.uid
  const isImplicit = syntax.uid === IMPLICIT_LITTLE_ENDIAN
  let at = syntax.end
  for (let count = 0; count < MOST_ELEMENTS && at + 8 <= bytes.length; count += 1) {
    const element = elementAt(bytes, view, at, isImplicit)
    if (element.tag > LAST_WANTED || element.tag < 0x00080000) break
    keep(header, bytes, view, element)
    at = endOf(bytes, view, element, isImplicit, 0)
  }
  if (header.sop_class_uid === undefined && header.modality === undefined)
    throw new DicomFault('The header of the file is damaged')
  return header
}

/** The transfer syntax of the file meta information (always explicit little endian), and where it ends. */
function readMeta(bytes: Uint8Array, view: DataView): { readonly uid: string; readonly end: number } {
  let uid = ''
  let at = 132
  for (let count = 0; count < 100 && at + 8 <= bytes.length; count += 1) {
    const element = elementAt(bytes, view, at, false)
    if (element.tag >>> 16 !== 0x0002) break
    if (element.tag === 0x00020010) uid = textAt(bytes, element.at, element.length)
    at = endOf(bytes, view, element, false, 0)
  }
  if (!/^[0-9.]{5,64}$/.test(uid)) throw new DicomFault('The file does not name its transfer syntax')
  return { uid, end: at }
}

function elementAt(bytes: Uint8Array, view: DataView, at: number, isImplicit: boolean): Element {
  need(bytes, at, 8)
  const tag = ((view.getUint16(at, true) << 16) | view.getUint16(at + 2, true)) >>> 0
  if (isImplicit || tag >>> 16 === 0xfffe) {
    return { tag, at: at + 8, length: view.getUint32(at + 4, true), representation: undefined }
  }
  const representation = textAt(bytes, at + 4, 2)
  if (!/^[A-Z]{2}$/.test(representation)) throw new DicomFault('The header of the file is damaged')
  if (!LONG.has(representation)) return { tag, at: at + 8, length: view.getUint16(at + 6, true), representation }
  need(bytes, at, 12)
  return { tag, at: at + 12, length: view.getUint32(at + 8, true), representation }
}

/** Where the next element begins; sequences of no said length are walked through. */
function endOf(bytes: Uint8Array, view: DataView, element: Element, isImplicit: boolean, depth: number): number {
  if (element.length !== UNDEFINED_LENGTH) {
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

function keep(header: Record<string, string | number>, bytes: Uint8Array, view: DataView, element: Element): void {
  const kept = KEPT[element.tag]
  if (kept === undefined || element.length === UNDEFINED_LENGTH || element.at + element.length > bytes.length) return
  const [name, kind] = kept
  if (kind === 'number') {
    if (element.length >= 2) header[name] = view.getUint16(element.at, true)
    return
  }
  const text = textAt(bytes, element.at, Math.min(element.length, LONGEST_VALUE))
  if (text !== '') header[name] = text
}

/** Printable text, without the padding. */
function textAt(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder('windows-1252')
    .decode(bytes.subarray(at, at + length))
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

function need(bytes: Uint8Array, at: number, length: number): void {
  if (at + length > bytes.length) throw new DicomFault('The header of the file is cut off, or larger than what is read')
}
