import { DicomFault, type DicomFile, type Element } from './dataset.ts'

/** Grey pixels of one frame, row by row, 0 black to 255 white; or a JPEG that somebody else unpacks. */
export type DicomFrame =
  | { readonly width: number; readonly height: number; readonly pixels: Uint8Array }
  | { readonly jpeg: Uint8Array }

const PIXEL_DATA = 0x7fe00010
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50'
const UNCOMPRESSED = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'])
const MOST_FRAGMENTS = 100_000

interface Shape {
  readonly width: number
  readonly height: number
  readonly samples: number
  readonly photometric: string
  readonly bits: 8 | 16
  readonly stored: number
  readonly isSigned: boolean
  readonly isPlanar: boolean
}

/**
 * The picture of a frame, counted from 1; undefined where there is no such frame, no pixels, or pixels of a form that is not
 * drawn (other compressions than baseline JPEG, palettes, other depths than 8 and 16 bits).
 * @throws DicomFault for pixels that are cut off, and for more of them than `maximumPixels`
 */
export function dicomFrame(file: DicomFile, frame: number, maximumPixels: number): DicomFrame | undefined {
  const data = file.elements.get(PIXEL_DATA)
  const shape = shapeOf(file)
  if (data === undefined || shape === undefined) return undefined
  if (shape.width * shape.height > maximumPixels) throw new DicomFault('The picture is too large')
  if (file.syntax === JPEG_BASELINE) return jpegOf(file, data, frame)
  if (!UNCOMPRESSED.has(file.syntax) || data.length === undefined) return undefined
  const size = shape.width * shape.height * shape.samples * (shape.bits / 8)
  const from = data.at + (frame - 1) * size
  const isHere = frame >= 1 && frame <= framesOf(file)
  if (!isHere) return undefined
  if (from + size > Math.min(data.at + data.length, file.bytes.length)) throw new DicomFault('The pixels are cut off')
  const raw = new DataView(file.bytes.buffer, file.bytes.byteOffset + from, size)
  return {
    width: shape.width,
    height: shape.height,
    pixels: shape.samples === 1 ? greys(file, raw, shape) : colours(raw, shape),
  }
}

/** How many frames the file says that it has. */
export function framesOf(file: DicomFile): number {
  const frames = Number(file.text(0x00280008) ?? '1')
  return Number.isInteger(frames) && frames >= 1 ? frames : 1
}

function shapeOf(file: DicomFile): Shape | undefined {
  const [height, width] = [file.number(0x00280010), file.number(0x00280011)]
  const bits = file.number(0x00280100)
  const samples = file.number(0x00280002) ?? 1
  const photometric = file.text(0x00280004) ?? ''
  const stored = file.number(0x00280101) ?? bits ?? 8
  if (!width || !height || (bits !== 8 && bits !== 16) || stored < 1 || stored > bits) return undefined
  const isKnown =
    samples === 1
      ? /^MONOCHROME[12]$/.test(photometric)
      : samples === 3 && bits === 8 && /^(RGB|YBR_FULL)$/.test(photometric)
  // The JPEG says of itself what it is.
  if (!isKnown && file.syntax !== JPEG_BASELINE) return undefined
  return {
    width,
    height,
    samples,
    photometric,
    bits,
    stored,
    isSigned: file.number(0x00280103) === 1,
    isPlanar: file.number(0x00280006) === 1,
  }
}

/** Through rescaling and window, as the file says that it is looked at; without a window from its darkest to its brightest. */
function greys(
  file: DicomFile,
  raw: DataView,
  { width, height, bits, stored, isSigned, photometric }: Shape,
): Uint8Array {
  const [slope, intercept] = [decimal(file, 0x00281053) ?? 1, decimal(file, 0x00281052) ?? 0]
  const values = new Float32Array(width * height)
  const mask = 2 ** stored - 1
  const half = 2 ** (stored - 1)
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let at = 0; at < values.length; at += 1) {
    const word = (bits === 8 ? raw.getUint8(at) : raw.getUint16(at * 2, true)) & mask
    const value = (isSigned && word >= half ? word - mask - 1 : word) * slope + intercept
    values[at] = value
    if (value < low) low = value
    if (value > high) high = value
  }
  const [centre, span] = [decimal(file, 0x00281050), decimal(file, 0x00281051)]
  const isWindowed = centre !== undefined && span !== undefined && span >= 1
  const from = isWindowed ? centre - 0.5 - (span - 1) / 2 : low
  const range = Math.max(isWindowed ? span - 1 : high - low, 1e-6)
  const isInverse = photometric === 'MONOCHROME1'
  return Uint8Array.from(values, (value) => {
    const shade = Math.min(255, Math.max(0, ((value - from) / range) * 255))
    return isInverse ? 255 - shade : shade
  })
}

function colours(raw: DataView, { width, height, photometric, isPlanar }: Shape): Uint8Array {
  const count = width * height
  const sample = (at: number, which: number) => raw.getUint8(isPlanar ? which * count + at : at * 3 + which)
  return Uint8Array.from({ length: count }, (_none, at) =>
    photometric === 'YBR_FULL' ? sample(at, 0) : (sample(at, 0) * 77 + sample(at, 1) * 150 + sample(at, 2) * 29) >> 8,
  )
}

/** The first of the numbers of an element that holds text. */
function decimal(file: DicomFile, tag: number): number | undefined {
  const text = file.text(tag)?.split('\\')[0]?.trim()
  const value = Number(text === '' ? Number.NaN : text)
  return Number.isFinite(value) ? value : undefined
}

/** A frame of one fragment each; a frame alone may have several. */
function jpegOf(file: DicomFile, data: Element, frame: number): DicomFrame | undefined {
  const { bytes } = file
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fragments: Uint8Array[] = []
  let at = data.at
  for (let count = 0; count < MOST_FRAGMENTS && at + 8 <= bytes.length; count += 1) {
    const isItem = view.getUint16(at, true) === 0xfffe && view.getUint16(at + 2, true) === 0xe000
    const length = view.getUint32(at + 4, true)
    if (!isItem || at + 8 + length > bytes.length) break
    // The first is the table of where frames begin.
    if (count > 0) fragments.push(bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  const isAlone = framesOf(file) === 1
  if (isAlone && frame === 1 && fragments.length > 0) return { jpeg: Buffer.concat(fragments) }
  const one = framesOf(file) === fragments.length ? fragments[frame - 1] : undefined
  return one === undefined ? undefined : { jpeg: one }
}
