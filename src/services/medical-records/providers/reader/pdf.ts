import type { ReadPage, Word } from '../../domain/extract/pages.ts'
import { type GreyPicture, greyOf } from './picture.ts'
import { ReadingError, type ReadingOrder } from './protocol.ts'

interface TextItem {
  readonly str: string
  readonly transform: readonly number[]
  readonly width: number
}

interface ImageObject {
  readonly width: number
  readonly height: number
  readonly kind: 1 | 2 | 3
  readonly data: Uint8ClampedArray | undefined
}

interface PdfPage {
  getViewport(options: { scale: number }): { width: number; height: number; transform: number[] }
  getTextContent(): Promise<{ items: object[] }>
  getOperatorList(): Promise<{ fnArray: number[]; argsArray: unknown[][] }>
  readonly objs: { get(name: string, done: (object: ImageObject | null) => void): void }
  readonly commonObjs: { get(name: string, done: (object: ImageObject | null) => void): void }
  cleanup(): void
}

interface PdfDocument {
  readonly numPages: number
  getPage(number: number): Promise<PdfPage>
}

interface PdfLibrary {
  readonly OPS: Readonly<Record<string, number>>
  readonly VerbosityLevel: { readonly ERRORS: number }
  getDocument(options: object): { readonly promise: Promise<PdfDocument> }
}

/** Fewer characters than this are a stamp on a picture, not the text of a page. */
const LEAST_CHARACTERS = 40
const CHANNELS = { 1: 0, 2: 3, 3: 4 } as const

/** Reads a PDF page by page: its own text where it has some that shows, else what `readImage` reads in its picture. */
export async function readPdf(
  bytes: Uint8Array,
  order: ReadingOrder,
  readImage: (picture: GreyPicture, number: number) => Promise<ReadPage>,
  onPage: (page: ReadPage) => void,
): Promise<number> {
  const library = (await import('unpdf/pdfjs')) as unknown as PdfLibrary
  const document = await openPdf(library, bytes, order)
  if (document.numPages > order.maximumPages) throw new ReadingError('too_many_pages')
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number)
    onPage(await readPage(library, page, number, readImage))
    page.cleanup()
  }
  return document.numPages
}

async function openPdf(library: PdfLibrary, data: Uint8Array, order: ReadingOrder): Promise<PdfDocument> {
  try {
    return await library.getDocument({
      data,
      isEvalSupported: false,
      useSystemFonts: false,
      disableFontFace: true,
      stopAtErrors: false,
      maxImageSize: order.maximumPixels,
      verbosity: library.VerbosityLevel.ERRORS,
    }).promise
  } catch (error) {
    throw new ReadingError((error as Error).name === 'PasswordException' ? 'encrypted' : 'damaged')
  }
}

async function readPage(
  library: PdfLibrary,
  page: PdfPage,
  number: number,
  readImage: (picture: GreyPicture, number: number) => Promise<ReadPage>,
): Promise<ReadPage> {
  const { width, height, transform } = page.getViewport({ scale: 1 })
  const operators = await page.getOperatorList()
  // Text that does not show is what another program guessed of the picture below, or a trap.
  const words = hidesText(library, operators)
    ? []
    : wordsOf((await page.getTextContent()).items, { width, height, transform })
  const characters = words.reduce((count, word) => count + word.text.length, 0)
  if (characters >= LEAST_CHARACTERS) {
    return { number, method: 'text', aspect: height / width, readings: [words] }
  }
  const picture = await largestImage(library, page, operators)
  if (picture !== undefined) return readImage(picture, number)
  return { number, method: words.length > 0 ? 'text' : 'none', aspect: height / width, readings: [words] }
}

/** Modes 3 and 7 of text write nothing on the page. */
function hidesText(
  library: PdfLibrary,
  { fnArray, argsArray }: { fnArray: number[]; argsArray: unknown[][] },
): boolean {
  const operator = library.OPS.setTextRenderingMode
  return fnArray.some((one, at) => one === operator && [3, 7].includes(argsArray[at]?.[0] as number))
}

function wordsOf(items: readonly object[], page: { width: number; height: number; transform: number[] }): Word[] {
  return items.flatMap((item) => ('str' in item ? wordsOfItem(item as TextItem, page) : []))
}

function wordsOfItem(item: TextItem, page: { width: number; height: number; transform: number[] }): Word[] {
  const [a, b, c, d, e, f] = multiplied(page.transform, item.transform)
  const size = Math.hypot(c, d)
  // Text that runs upwards is a note in the margin.
  if (item.str.trim() === '' || size === 0 || Math.abs(b) > Math.abs(a) * 0.1) return []
  const letter = item.width / item.str.length
  return [...item.str.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    left: (e + match.index * letter) / page.width,
    right: (e + (match.index + match[0].length) * letter) / page.width,
    top: (f - size * 0.8) / page.height,
    bottom: (f + size * 0.2) / page.height,
    confidence: 100,
  }))
}

function multiplied(
  one: readonly number[],
  other: readonly number[],
): [number, number, number, number, number, number] {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = one
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = other
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

/** The largest picture of a page: a scan is one picture over all of it. */
async function largestImage(
  library: PdfLibrary,
  page: PdfPage,
  { fnArray, argsArray }: { fnArray: number[]; argsArray: unknown[][] },
): Promise<GreyPicture | undefined> {
  let name: string | undefined
  let pixels = 0
  for (const [at, operator] of fnArray.entries()) {
    if (operator !== library.OPS.paintImageXObject) continue
    const [id, width, height] = argsArray[at] as [string, number, number]
    if (width * height > pixels) [name, pixels] = [id, width * height]
  }
  if (name === undefined) return undefined
  const found = name
  const image = await new Promise<ImageObject | null>((resolve) => {
    if (found.startsWith('g_')) page.commonObjs.get(found, resolve)
    else page.objs.get(found, resolve)
  })
  if (image?.data === undefined) return undefined
  return greyOf({ width: image.width, height: image.height, data: image.data, channels: CHANNELS[image.kind] })
}
