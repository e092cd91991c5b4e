import type { ReadPage } from '../../domain/extract/pages.ts'
import type { GreyPicture } from './picture.ts'
import {
  type ExchangeOrder,
  type ExchangeResult,
  type Order,
  type PageOrder,
  type PageResult,
  ReadingError,
  type ReadingOrder,
  type ReadingResult,
} from './protocol.ts'

// This file is a process of its own: what a hostile file does to it, it does to nobody else. It gets one line of JSON and the
// file on its standard input, and answers one JSON text. It is told no secret and writes no file.

const LINES_A_PAGE = 120
const LONGEST_LINE = 1000
/** The share of its time after which no further page is begun. */
const SHARE_OF_TIME = 0.85

async function main(): Promise<void> {
  // Libraries that talk would write into the answer.
  for (const way of ['log', 'info', 'warn', 'debug'] as const) console[way] = () => undefined
  const { order, bytes } = await received()
  process.stdout.end(JSON.stringify(await answered(order, bytes)), () => process.exit(0))
}

function answered(order: Order, bytes: Buffer): Promise<ReadingResult | PageResult | ExchangeResult> {
  if ('now' in order) return readExchange(order, bytes)
  return 'page' in order ? drawPage(order, bytes) : readDocument(order, bytes)
}

async function received(): Promise<{ order: Order; bytes: Buffer }> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  const whole = Buffer.concat(parts)
  parts.length = 0
  const end = whole.indexOf(10)
  return { order: JSON.parse(whole.toString('utf8', 0, end)) as Order, bytes: whole.subarray(end + 1) }
}

async function readExchange(order: ExchangeOrder, bytes: Buffer): Promise<ExchangeResult> {
  const { readExchanged } = await import('./exchanged.ts')
  return readExchanged(order, bytes)
}

async function drawPage({ reading, page, maximumPixels, heif }: PageOrder, bytes: Buffer): Promise<PageResult> {
  try {
    const { pngOf } = await import('./picture.ts')
    const heicPage = () => (page === 1 ? heicPhoto(bytes, heif, maximumPixels) : Promise.resolve(undefined))
    const draw = { 'pdf-page': pdfPage, 'tiff-page': tiffPage, 'dicom-page': dicomPage, 'heic-page': heicPage }[reading]
    const picture = await draw(bytes, page, maximumPixels)
    return { png: picture === undefined ? undefined : pngOf(picture).toString('base64'), fault: undefined }
  } catch (error) {
    return { png: undefined, fault: error instanceof ReadingError ? error.fault : 'damaged' }
  }
}

/** Width of a page to look at: letters of an A4 page are as large as on paper, and a little more. */
const SHOWN_WIDTH = 1400

async function pdfPage(bytes: Buffer, page: number, maximumPixels: number): Promise<GreyPicture | undefined> {
  const { openDrawer } = await import('./render.ts')
  const drawer = await openDrawer(bytes)
  return drawer === undefined || page > drawer.pageCount ? undefined : drawer.draw(page, SHOWN_WIDTH, maximumPixels)
}

async function tiffPage(bytes: Buffer, page: number, maximumPixels: number): Promise<GreyPicture | undefined> {
  const [{ openTiff }, { resampled }] = await Promise.all([import('./tiff.ts'), import('./picture.ts')])
  const tiff = openTiff(bytes, { maximumPages: Number.MAX_SAFE_INTEGER, maximumPixels: 40_000_000 })
  if (page > tiff.pageCount) return undefined
  return fitted(tiff.page(page), maximumPixels, resampled)
}

async function dicomPage(bytes: Buffer, page: number, maximumPixels: number): Promise<GreyPicture | undefined> {
  const [{ drawDicom }, { resampled }] = await Promise.all([import('./dicom.ts'), import('./picture.ts')])
  const picture = drawDicom(bytes, page, 40_000_000)
  return picture === undefined ? undefined : fitted(picture, maximumPixels, resampled)
}

async function heicPhoto(bytes: Buffer, heif: string | undefined, maximumPixels: number): Promise<GreyPicture> {
  const [{ decodeHeic }, { resampled }] = await Promise.all([import('./heic.ts'), import('./picture.ts')])
  return fitted(await decodeHeic(bytes, heif, 40_000_000), maximumPixels, resampled)
}

type Resample = (picture: GreyPicture, factor: number, angle: number) => GreyPicture

function fitted(picture: GreyPicture, maximumPixels: number, resampled: Resample): GreyPicture {
  const factor = Math.min(1, SHOWN_WIDTH / picture.width, Math.sqrt(maximumPixels / (picture.width * picture.height)))
  return factor === 1 ? picture : resampled(picture, factor, 0)
}

async function readDocument(order: ReadingOrder, bytes: Buffer): Promise<ReadingResult> {
  if (order.reading === 'dicom') return readHeader(bytes)
  const [{ extractFrom }, { checkPlausible }] = await Promise.all([
    import('../../domain/extract/extract.ts'),
    import('../../domain/analytes/plausible.ts'),
  ])
  const pages: ReadPage[] = []
  let pageCount: number | undefined
  let fault: ReadingResult['fault']
  try {
    pageCount = await readAll(order, bytes, (page) => pages.push(page))
  } catch (error) {
    fault = error instanceof ReadingError ? error.fault : 'damaged'
  }
  const extract = pages.length === 0 ? undefined : extractFrom(pages, checkPlausible)
  return { pageCount, extract, fault }
}

async function readHeader(bytes: Buffer): Promise<ReadingResult> {
  const { readDicomFile } = await import('./dicom.ts')
  try {
    return { ...readDicomFile(bytes), fault: undefined }
  } catch (error) {
    return { pageCount: undefined, extract: undefined, fault: error instanceof ReadingError ? error.fault : 'damaged' }
  }
}

async function readAll(order: ReadingOrder, bytes: Buffer, onPage: (page: ReadPage) => void): Promise<number> {
  if (order.reading === 'text') return readText(bytes, order, onPage)
  const readImage = imageReader(order)
  const beforePage = timeKeeper(order)
  if (order.reading === 'pdf') {
    const { readPdf } = await import('./pdf.ts')
    return readPdf(new Uint8Array(bytes), order, { readImage, onPage, beforePage })
  }
  if (order.reading === 'tiff') {
    const { openTiff } = await import('./tiff.ts')
    const tiff = openTiff(bytes, order)
    for (let number = 1; number <= tiff.pageCount; number += 1) {
      beforePage()
      onPage(await readImage(tiff.page(number), number))
    }
    return tiff.pageCount
  }
  if (order.reading === 'heic') {
    const { decodeHeic } = await import('./heic.ts')
    onPage(await readImage(await decodeHeic(bytes, order.heif, order.maximumPixels), 1))
    return 1
  }
  const { decodePicture } = await import('./picture.ts')
  onPage(await readImage(decodePicture(bytes, order.maximumPixels), 1))
  return 1
}

/** Ends the reading in time for its answer: what was read before is not lost. */
function timeKeeper({ seconds }: ReadingOrder): () => void {
  const until = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000 * SHARE_OF_TIME
  return () => {
    if (performance.now() > until) throw new ReadingError('too_slow')
  }
}

async function readText(bytes: Buffer, order: ReadingOrder, onPage: (page: ReadPage) => void): Promise<number> {
  const { pageOfText } = await import('../../domain/extract/pages.ts')
  const lines = new TextDecoder().decode(bytes).split(/\r\n|[\r\n]/)
  const count = Math.ceil(lines.length / LINES_A_PAGE)
  if (count > order.maximumPages) throw new ReadingError('too_many_pages')
  for (let page = 0; page < count; page += 1) {
    const some = lines.slice(page * LINES_A_PAGE, (page + 1) * LINES_A_PAGE)
    onPage(pageOfText(some.map((line) => line.slice(0, LONGEST_LINE)).join('\n'), page + 1))
  }
  return count
}

/** Opens the engine with the first picture. */
function imageReader(order: ReadingOrder): (picture: GreyPicture, number: number) => Promise<ReadPage> {
  const opened = async () => {
    if (order.tesseract === undefined) return undefined
    const [{ openTesseract }, { readPicture }] = await Promise.all([import('./tesseract.ts'), import('./ocr.ts')])
    const read = await openTesseract(order.tesseract, order.languages)
    return read === undefined ? undefined : { read, readPicture }
  }
  let engine: ReturnType<typeof opened> | undefined
  return async (picture, number) => {
    engine ??= opened()
    const open = await engine
    if (open === undefined) throw new ReadingError('no_ocr_engine')
    if (picture.width * picture.height > order.maximumPixels) throw new ReadingError('too_many_pixels')
    return open.readPicture(picture, number, open.read)
  }
}

await main()
