import { checkPlausible } from '../../domain/analytes/plausible.ts'
import type { Doubt } from '../../domain/extract/findings.ts'
import { readLabs } from '../../domain/extract/labs.ts'
import type { ReadPage, Word } from '../../domain/extract/pages.ts'
import { adaptive, type GreyPicture, normalised, resampled, sharpened, turned } from './picture.ts'
import { skewOf } from './skew.ts'
import type { ReadPicture } from './tesseract.ts'

/** Width of an A4 page at which letters are as large as the engine likes them. */
const GOOD_WIDTH = 2400
const LARGEST_PIXELS = 12_000_000
/** Doubts that another reading may take away. */
const MENDED: ReadonlySet<Doubt> = new Set([
  'readings_differ',
  'hard_to_read',
  'unit_missing',
  'unit_mismatch',
  'unknown_test',
  'several_values',
  'decimal_point',
  'decimals_differ',
  'range_odd',
  'flag_contradicts',
  'impossible',
])

/** Reads a picture twice, each time prepared and cut into lines in another way. */
export async function readPicture(picture: GreyPicture, number: number, read: ReadPicture): Promise<ReadPage> {
  tidyMemory()
  const upright = await uprightOf(picture, read)
  const angle = skewOf(upright)
  const factor = factorOf(upright)
  const first = sharpened(normalised(resampled(upright, factor, angle)))
  const better = await read(first, 6)
  tidyMemory()
  const readings = [better, await read(adaptive(resampled(upright, factor * 0.8, angle)), 4)]
  const page: ReadPage = { number, method: 'ocr', aspect: upright.height / upright.width, readings }
  if (!wantsThird(page)) return page
  tidyMemory()
  return { ...page, readings: [...readings, await read(normalised(resampled(upright, factor * 0.7, angle)), 6)] }
}

/** Whether a third reading may decide what two leave open. */
function wantsThird(page: ReadPage): boolean {
  const labs = readLabs([page], { observedOn: 'any', check: checkPlausible })
  return labs.some(({ doubts }) => doubts.some((doubt) => MENDED.has(doubt)))
}

/** What unpacking took is given back at once: the engine wants as much again, and the process has a limit. */
function tidyMemory(): void {
  globalThis.gc?.()
}

function factorOf({ width, height }: GreyPicture): number {
  const wished = Math.min(3, GOOD_WIDTH / Math.min(width, height))
  return Math.min(wished, Math.sqrt(LARGEST_PIXELS / (width * height)))
}

/** The picture with its text upright: a quarter turn shows as hardly a word that is sure. */
async function uprightOf(picture: GreyPicture, read: ReadPicture): Promise<GreyPicture> {
  const small = resampled(picture, Math.min(1, 1400 / Math.min(picture.width, picture.height)), 0)
  const score = async (one: GreyPicture) => sureWords(await read(normalised(one), 6))
  const upright = await score(small)
  if (upright >= 12) return picture
  let best: { picture: GreyPicture; words: number } = { picture, words: upright }
  for (const quarters of [1, 3, 2] as const) {
    const words = await score(turned(small, quarters))
    if (words > best.words * 2) best = { picture: turned(picture, quarters), words }
    if (words >= 12) break
  }
  return best.picture
}

function sureWords(words: readonly Word[]): number {
  return words.filter(({ text, confidence }) => confidence > 70 && /[A-Za-z]{3}/.test(text)).length
}
