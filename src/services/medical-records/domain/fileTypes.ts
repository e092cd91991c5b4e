/** What a file is, told by its first bytes; the name and the sender's word count for nothing. */
export interface FileType {
  readonly mime: string
  readonly extension: string
  /** How it is read: by the text in it, as a picture of text, as plain text, by its header, or not at all. */
  readonly reading: 'pdf' | 'picture' | 'tiff' | 'text' | 'dicom' | 'heic' | 'none'
}

const TYPES = {
  pdf: { mime: 'application/pdf', extension: 'pdf', reading: 'pdf' },
  jpeg: { mime: 'image/jpeg', extension: 'jpg', reading: 'picture' },
  png: { mime: 'image/png', extension: 'png', reading: 'picture' },
  tiff: { mime: 'image/tiff', extension: 'tiff', reading: 'tiff' },
  // What unpacks it is under a licence that a program like this one can't take in: a program of the system does.
  heic: { mime: 'image/heic', extension: 'heic', reading: 'heic' },
  dicom: { mime: 'application/dicom', extension: 'dcm', reading: 'dicom' },
  xml: { mime: 'application/xml', extension: 'xml', reading: 'none' },
  json: { mime: 'application/json', extension: 'json', reading: 'none' },
  hl7: { mime: 'application/hl7-v2', extension: 'hl7', reading: 'none' },
  txt: { mime: 'text/plain', extension: 'txt', reading: 'text' },
} as const satisfies Record<string, FileType>

/** What may be added, for messages. */
export const ACCEPTED_TYPES = Object.keys(TYPES)

/** How many bytes `fileTypeOf` wants to see. */
export const SNIFFED_BYTES = 4096

/** The type of a file by its beginning (the first 4096 bytes, or all of a shorter one); undefined is anything else. */
export function fileTypeOf(head: Uint8Array): FileType | undefined {
  const starts = (bytes: readonly number[], at = 0) => bytes.every((byte, index) => head[at + index] === byte)
  if (starts([0x25, 0x50, 0x44, 0x46, 0x2d])) return TYPES.pdf
  if (starts([0xff, 0xd8, 0xff])) return TYPES.jpeg
  if (starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return TYPES.png
  if (starts([0x49, 0x49, 0x2a, 0x00]) || starts([0x4d, 0x4d, 0x00, 0x2a])) return TYPES.tiff
  if (starts([0x44, 0x49, 0x43, 0x4d], 128)) return TYPES.dicom
  if (starts([0x66, 0x74, 0x79, 0x70], 4)) {
    const brand = String.fromCharCode(...head.slice(8, 12))
    return /^(heic|heix|hevc|heim|heis|mif1|msf1|avif)$/.test(brand) ? TYPES.heic : undefined
  }
  return textType(head)
}

function textType(head: Uint8Array): FileType | undefined {
  const text = asText(head)
  if (text === undefined) return undefined
  const trimmed = text.trimStart()
  if (trimmed.startsWith('MSH|')) return TYPES.hl7
  if (/^<(\?xml|[A-Za-z!])/.test(trimmed)) {
    // A page of the web is no record, and must never be served as one.
    return /<\s*(html|script|!doctype\s+html)/i.test(trimmed) ? undefined : TYPES.xml
  }
  if (/^[[{]/.test(trimmed)) return TYPES.json
  return trimmed === '' ? undefined : TYPES.txt
}

/** The bytes as UTF-8 text; undefined when they are none. A character that the end cuts is let go. */
function asText(head: Uint8Array): string | undefined {
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) return undefined
  for (let cut = 0; cut < 4; cut += 1) {
    const text = decoded(head.subarray(0, head.length - cut))
    if (text !== undefined) return text
    if (head.length < SNIFFED_BYTES) return undefined
  }
  return undefined
}

function decoded(bytes: Uint8Array): string | undefined {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
    if (length === 0 || at + length > bytes.length) return undefined
    let code = length === 1 ? first : first & (0x7f >> length)
    for (let next = 1; next < length; next += 1) {
      const byte = bytes[at + next] as number
      if ((byte & 0xc0) !== 0x80) return undefined
      code = (code << 6) | (byte & 0x3f)
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined
    text += String.fromCodePoint(code)
    at += length
  }
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** A file's name without folders, control characters and what a header or a disk could trip over; undefined when empty. */
export function tidyFileName(name: string | undefined): string | undefined {
  const last = (name ?? '').replaceAll('\\', '/').split('/').at(-1) ?? ''
  const tidy = last
    .toWellFormed()
    .replaceAll(/[\p{Cc}"<>|:*?]/gu, '')
    .trim()
  return tidy === '' ? undefined : tidy.slice(-200)
}
