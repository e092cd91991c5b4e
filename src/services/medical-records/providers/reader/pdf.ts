import type { ReadPage, Word } from '../../domain/extract/pages.ts'
import { pictureShare } from './pdfPictures.ts'
import { type GreyPicture, greyOf } from './picture.ts'
import { ReadingError, type ReadingOrder } from './protocol.ts'
import { isBlank, openDrawer, type PageDrawer } from './render.ts'

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
/** A page of text whose pictures cover more of it than this has something to read in them: a logo is smaller. */
const SHARE_TO_READ = 0.12
const CHANNELS = { 1: 0, 2: 3, 3: 4 } as const

/** Reads a picture of a page, or throws `no_ocr_engine`. */
type ReadImage = (picture: GreyPicture, number: number) => Promise<ReadPage>

/** Width at which a page is drawn: that of A4 at some 290 dots an inch, where letters are as large as the engine likes. */
const DRAWN_WIDTH = 2400
const DRAWN_PIXELS = 12_000_000

/**
 * Reads a PDF page by page: its own text where that shows; what is a picture, or drawn as one, is read as it looks.
 * `beforePage` may throw to end the reading; pages before are kept.
 */
export async function readPdf(
  bytes: Uint8Array,
  order: ReadingOrder,
  { readImage, onPage, beforePage }: { readImage: ReadImage; onPage: (page: ReadPage) => void; beforePage: () => void },
): Promise<number> {
  const library = (await import('unpdf/pdfjs')) as unknown as PdfLibrary
  // It takes the bytes for itself, so that the drawer has a copy of its own.
  const copy = bytes.slice()
  let drawer: Promise<PageDrawer | undefined> | undefined
  const draw = async (number: number) => {
    drawer ??= openDrawer(copy)
    return (await drawer)?.draw(number, DRAWN_WIDTH, Math.min(DRAWN_PIXELS, order.maximumPixels)).catch(() => undefined)
  }
  const document = await openPdf(library, bytes, order)
  if (document.numPages > order.maximumPages) throw new ReadingError('too_many_pages')
  for (let number = 1; number <= document.numPages; number += 1) {
    beforePage()
    const page = await document.getPage(number)
    for (const read of await readPage({ library, page, number, draw, readImage })) onPage(read)
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

interface OnePage {
  readonly library: PdfLibrary
  readonly page: PdfPage
  readonly number: number
  readonly draw: (number: number) => Promise<GreyPicture | undefined>
  readonly readImage: ReadImage
}

/** The text of a page, and what stands beside it in pictures. */
async function readPage(one: OnePage): Promise<ReadPage[]> {
  const { library, page, number } = one
  const { width, height, transform } = page.getViewport({ scale: 1 })
  const operators = await page.getOperatorList()
  // Text that does not show is what another program guessed of the picture below, or a trap.
  const words = hidesText(library, operators)
    ? []
    : wordsOf((await page.getTextContent()).items, { width, height, transform })
  const characters = words.reduce((count, word) => count + word.text.length, 0)
  const hasText = characters >= LEAST_CHARACTERS
  const text: ReadPage = {
    number,
    method: words.length > 0 ? 'text' : 'none',
    aspect: height / width,
    readings: [words],
  }
  if (hasText && pictureShare(library.OPS, operators, width * height) < SHARE_TO_READ) return [text]
  const picture = (await one.draw(number)) ?? (hasText ? undefined : await largestImage(library, page, operators))
  if (picture === undefined || isBlank(picture)) return [text]
  if (!hasText) return [await one.readImage(picture, number)]
  try {
    const seen = await one.readImage(picture, number)
    const beside = seen.readings.map((some) => some.filter((word) => !words.some((other) => covers(other, word))))
    return beside.some((some) => some.length > 0) ? [text, { ...seen, readings: beside }] : [text]
  } catch (error) {
    // Its text is there, also where nothing reads the pictures beside it.
    if (error instanceof ReadingError && error.fault === 'no_ocr_engine') return [text]
    throw error
  }
}

/** Whether a word that was seen is one that the page's own text has there. */
function covers(text: Word, seen: Word): boolean {
  const [x, y] = [(seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2]
  const air = (text.bottom - text.top) * 0.4
  return x > text.left - air && x < text.right + air && y > text.top - air && y < text.bottom + air
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
