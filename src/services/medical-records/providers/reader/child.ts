import { checkPlausible } from '../../domain/analytes/plausible.ts'
import { extractFrom } from '../../domain/extract/extract.ts'
import type { ReadPage } from '../../domain/extract/pages.ts'
import { pageOfText } from '../../domain/extract/pages.ts'
import { readPicture } from './ocr.ts'
import { readPdf } from './pdf.ts'
import { decodePicture, type GreyPicture } from './picture.ts'
import { ReadingError, type ReadingOrder, type ReadingResult } from './protocol.ts'
import { openTesseract, type ReadPicture } from './tesseract.ts'

// This file is a process of its own: what a hostile file does to it, it does to nobody else. It gets one line of JSON and the
// file on its standard input, and answers one JSON text. It is told no secret and writes no file.

const LINES_A_PAGE = 120
const LONGEST_LINE = 1000

async function main(): Promise<void> {
  const { order, bytes } = await received()
  const pages: ReadPage[] = []
  let pageCount: number | undefined
  let fault: ReadingResult['fault']
  try {
    pageCount = await readAll(order, bytes, (page) => pages.push(page))
  } catch (error) {
    fault = error instanceof ReadingError ? error.fault : 'damaged'
  }
  const extract = pages.length === 0 ? undefined : extractFrom(pages, checkPlausible)
  const result: ReadingResult = { pageCount, extract, fault }
  process.stdout.end(JSON.stringify(result), () => process.exit(0))
}

async function received(): Promise<{ order: ReadingOrder; bytes: Buffer }> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  const whole = Buffer.concat(parts)
  parts.length = 0
  const end = whole.indexOf(10)
  return { order: JSON.parse(whole.toString('utf8', 0, end)) as ReadingOrder, bytes: whole.subarray(end + 1) }
}

async function readAll(order: ReadingOrder, bytes: Buffer, onPage: (page: ReadPage) => void): Promise<number> {
  if (order.reading === 'text') return readText(bytes, order, onPage)
  const readImage = imageReader(order)
  if (order.reading === 'pdf') return readPdf(new Uint8Array(bytes), order, readImage, onPage)
  onPage(await readImage(decodePicture(bytes, order.maximumPixels), 1))
  return 1
}

function readText(bytes: Buffer, order: ReadingOrder, onPage: (page: ReadPage) => void): number {
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
  let engine: Promise<ReadPicture | undefined> | undefined
  return async (picture, number) => {
    engine ??=
      order.tesseract === undefined ? Promise.resolve(undefined) : openTesseract(order.tesseract, order.languages)
    const read = await engine
    if (read === undefined) throw new ReadingError('no_ocr_engine')
    if (picture.width * picture.height > order.maximumPixels) throw new ReadingError('too_many_pixels')
    return readPicture(picture, number, read)
  }
}

await main()
