import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Finding, LabContent } from './domain/extract/findings.ts'
import { scannedPdf } from './fixtures/documents.ts'
import { type Damage, GOLDEN_ROWS, type GoldenRow, type Layout, renderReport } from './fixtures/pictures.ts'
import { openTesseract } from './providers/reader/tesseract.ts'
import { readFileContent } from './providers/reader.ts'

/** Reading knows neither the shape of the platform nor its database: once is enough. */
const isAgain = process.env.SALUS_TEST_SHAPE === 'split' || process.env.TEST_DATABASE_URL !== undefined
const hasEngine = isAgain || (await openTesseract('tesseract', 'eng')) !== undefined
const skip = isAgain
  ? 'pictures are read the same way in every shape and on every database'
  : hasEngine
    ? false
    : 'neither the tesseract program nor its npm package is here'

/** The npm package is slower and less sure than the program. */
const isNative = spawnSync('tesseract', ['--version']).status === 0
/** Debian's libheif-examples: it makes the photo as well. */
const hasHeif = spawnSync('heif-enc', ['--version']).error === undefined
const LIMITS = { seconds: 120, memoryMb: 700 }

async function* once(bytes: Buffer) {
  yield bytes
}

async function read(reading: 'picture' | 'pdf' | 'heic', bytes: Buffer) {
  const engine = { tesseract: 'tesseract', languages: 'eng', heif: 'heif-dec' }
  const order = { reading, maximumPages: 20, maximumPixels: 40_000_000, ...engine }
  const result = await readFileContent(once(bytes), order, LIMITS)
  assert.equal(result.fault, undefined)
  return (result.extract?.findings ?? []).filter((one) => one.kind === 'lab') as readonly (Finding & {
    content: LabContent
  })[]
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9%/]/g, '')

function isRight([test, result, unit, range, flag]: GoldenRow, content: LabContent): boolean {
  const [low, high] = range.split(' - ').map(Number)
  return (
    plain(content.test_name) === plain(test) &&
    content.value === Number(result) &&
    content.comparator === null &&
    plain(content.unit ?? '') === plain(unit) &&
    content.reference_low === low &&
    content.reference_high === high &&
    content.flag === (flag ?? null) &&
    content.observed_on === '2026-03-12'
  )
}

const CASES: readonly (readonly [Layout, string, Damage])[] = [
  ['sentences', 'at 100 dots an inch', { width: 827 }],
  ['columns', 'at 150 dots an inch', { width: 1240 }],
  ['flag-column', 'turned by 2.2 degrees, poor JPEG', { width: 1240, degrees: 2.2, jpegQuality: 60 }],
  ['columns', 'blurred, very poor JPEG', { width: 1240, blurPx: 1.2, jpegQuality: 35 }],
  ['sentences', 'as a shaded, leaning photo', { width: 1500, degrees: -1.4, isShaded: true, jpegQuality: 55 }],
  ['columns', 'small, very poor JPEG', { width: 900, jpegQuality: 40 }],
]

describe('golden laboratory reports', { skip }, () => {
  let certain = 0
  let all = 0

  for (const [layout, damage, how] of CASES) {
    test(`${layout}, ${damage}: nothing that counts as certain is wrong`, async (context) => {
      const labs = await read('picture', await renderReport(layout, how))
      const sure = labs.filter((one) => one.doubts.length === 0)
      for (const one of sure) {
        assert.ok(
          GOLDEN_ROWS.some((row) => isRight(row, one.content)),
          `certain and wrong: ${one.line} ${JSON.stringify(one.content)}`,
        )
      }
      assert.ok(labs.length >= GOLDEN_ROWS.length * 0.6, `only ${labs.length} lines were found`)
      certain += sure.length
      all += GOLDEN_ROWS.length
      context.diagnostic(
        `${sure.length} of ${GOLDEN_ROWS.length} certain, all right; ${labs.length - sure.length} want a look`,
      )
    })
  }

  test('the share that needs no look is told', (context) => {
    context.diagnostic(
      `${certain} of ${all} values were certain (${Math.round((certain / all) * 100)} %), none of them wrong`,
    )
    assert.ok(certain >= all * (isNative ? 0.8 : 0.45), `${certain} of ${all}`)
  })

  test('a scan in a PDF is read as the picture it is', async () => {
    const labs = await read('pdf', scannedPdf(await renderReport('sentences', { width: 1240 }), 1240, 1100))
    assert.ok(labs.filter((one) => one.doubts.length === 0).length >= 5, `${labs.length} lines`)
  })

  test('a page with text of its own and a table as a picture is read in both, and nothing twice', async () => {
    const table = await renderReport('sentences', { width: 1240 })
    const labs = await read(
      'pdf',
      scannedPdf(table, 1240, 1100, 'City Hospital, fifth floor\nMagnesium   0.85   mmol/L   0.70 - 1.05'),
    )
    assert.ok(labs.some((one) => one.content.test_name === 'Magnesium' && one.content.value === 0.85))
    assert.ok(labs.length >= GOLDEN_ROWS.length && labs.length <= GOLDEN_ROWS.length + 2, `${labs.length} lines`)
  })

  test('a HEIC photo is unpacked by the program of the system, and read', {
    skip: hasHeif ? false : 'the programs of libheif-examples are not here',
  }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'salus-test-'))
    const [jpeg, heic] = [path.join(folder, 'photo.jpg'), path.join(folder, 'photo.heic')]
    writeFileSync(jpeg, await renderReport('sentences', { width: 1240 }))
    assert.equal(spawnSync('heif-enc', ['-q', '90', jpeg, '-o', heic]).status, 0)
    const bytes = readFileSync(heic)
    rmSync(folder, { recursive: true })
    const labs = await read('heic', bytes)
    assert.ok(labs.filter((one) => one.doubts.length === 0).length >= 5, `${labs.length} lines`)
    const cut = {
      reading: 'heic',
      maximumPages: 1,
      maximumPixels: 40_000_000,
      tesseract: undefined,
      languages: 'eng',
      heif: 'heif-dec',
    } as const
    const of = async (part: Buffer, more: object = {}) =>
      (await readFileContent(once(part), { ...cut, ...more }, LIMITS)).fault
    assert.equal(await of(bytes.subarray(0, bytes.length / 2)), 'damaged')
    assert.equal(await of(bytes, { maximumPixels: 1000 }), 'too_many_pixels')
    assert.equal(await of(bytes, { heif: undefined }), 'no_heic_reader')
  })

  test('a page that lies on its side is turned', async () => {
    const labs = await read('picture', await renderReport('sentences', { width: 1240, quarters: 1 }))
    assert.ok(labs.length >= 8, `${labs.length} lines`)
  })
})
