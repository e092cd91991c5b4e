import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gunzipSync } from 'node:zlib'
import type { Word } from '../../domain/extract/pages.ts'
import type { GreyPicture } from './picture.ts'

/** Reads the words of a picture; `mode` is how the page is cut into lines (tesseract's page segmentation mode). */
export type ReadPicture = (picture: GreyPicture, mode: 3 | 4 | 6) => Promise<Word[]>

/** The program where it runs, else the npm package where it is installed, else undefined. */
export async function openTesseract(program: string, languages: string): Promise<ReadPicture | undefined> {
  if (await runs(program)) return (picture, mode) => readByProgram(program, languages, picture, mode)
  return openCore()
}

function runs(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, ['--version'], { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}

/** The picture in the simplest form that is: a line of sizes, then the bytes. */
function pgmOf({ width, height, pixels }: GreyPicture): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels])
}

function readByProgram(program: string, languages: string, picture: GreyPicture, mode: number): Promise<Word[]> {
  return new Promise((resolve, reject) => {
    const args = ['stdin', 'stdout', '-l', languages, '--oem', '1', '--psm', String(mode), '--dpi', '300', 'tsv']
    const env = { PATH: process.env.PATH ?? '', OMP_THREAD_LIMIT: '1', TESSDATA_PREFIX: process.env.TESSDATA_PREFIX }
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], env })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(wordsOf(Buffer.concat(parts).toString(), picture))
      else reject(new Error(`tesseract ended with ${code}`))
    })
    // It may end before it has read all.
    child.stdin.on('error', () => undefined)
    child.stdin.end(pgmOf(picture))
  })
}

interface CoreApi {
  Init(path: null, language: string, mode: number): number
  SetVariable(name: string, value: string): void
  SetImageFile(angle: number, upscale: number): number
  Recognize(monitor: null): number
  GetTSVText(page: number): string
  Clear(): void
}

interface Core {
  readonly FS: { writeFile(name: string, data: Uint8Array): void }
  readonly TessBaseAPI: new () => CoreApi
}

/** The engine as WebAssembly, with the English data of its npm package: nothing is asked of the network. */
async function openCore(): Promise<ReadPicture | undefined> {
  const require = createRequire(import.meta.url)
  let core: Core
  try {
    const make = require('tesseract.js-core/tesseract-core-simd-lstm.wasm.js') as (options: object) => Promise<Core>
    const data = require.resolve('@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz')
    core = await make({ print: () => undefined, printErr: () => undefined })
    core.FS.writeFile('eng.traineddata', gunzipSync(readFileSync(data)))
  } catch {
    return undefined
  }
  const api = new core.TessBaseAPI()
  if (api.Init(null, 'eng', 1) !== 0) return undefined
  return async (picture, mode) => {
    core.FS.writeFile('/input', pgmOf(picture))
    api.SetVariable('tessedit_pageseg_mode', String(mode))
    api.SetVariable('user_defined_dpi', '300')
    api.SetImageFile(0, 0)
    api.Recognize(null)
    const words = wordsOf(api.GetTSVText(0), picture)
    api.Clear()
    return words
  }
}

/** Words of tesseract's table (level, page, block, paragraph, line, word, left, top, width, height, confidence, text). */
function wordsOf(table: string, { width, height }: GreyPicture): Word[] {
  return table.split('\n').flatMap((row) => {
    const cells = row.split('\t')
    const text = (cells[11] ?? '').trim()
    if (cells[0] !== '5' || text === '') return []
    const [left = 0, top = 0, wide = 0, high = 0, confidence = 0] = cells.slice(6, 11).map(Number)
    return [
      {
        text,
        left: left / width,
        top: top / height,
        right: (left + wide) / width,
        bottom: (top + high) / height,
        confidence: Math.max(0, confidence),
      },
    ]
  })
}
