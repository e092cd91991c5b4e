import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { FormatAnswers } from './domain/formats/reading.ts'
import { ecgFile } from './fixtures/appleEcg.ts'
import { APPLE_EXPORT } from './fixtures/appleExport.ts'
import { zipOf } from './fixtures/archives.ts'
import * as exports from './fixtures/exports.ts'
import { FIT_ACTIVITY } from './fixtures/fitFile.ts'
import { grownDatabase, healthConnectDatabase, rowsBySqlite } from './fixtures/testing/healthConnectFile.ts'
import type { Checkpoint } from './providers/imports/checkpoint.ts'
import type { Batch } from './providers/imports/collector.ts'
import { runPipeline } from './providers/imports/pipeline.ts'
import type { PipelineOutcome } from './providers/imports/plan.ts'

const LIMITS = { entries: 50, totalBytes: 100_000_000, ratio: 1000, ratioFromBytes: 1_000_000 }
const MAPPING = {
  time: ['Datum', 'Uhrzeit'],
  values: [{ column: 'Gewicht (kg)', metric: 'body_weight', unit: 'kg' }],
  source: 'diary',
}

interface Run {
  readonly pieceBytes: number
  readonly batchReadings?: number
  readonly answers?: FormatAnswers
  readonly checkpoint?: Checkpoint
  readonly skipBatches?: number
}

async function run(bytes: Uint8Array, name: string, { pieceBytes, ...more }: Run) {
  async function* open(from: number) {
    for (let at = from; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const batches: Batch[] = []
  const emit = async (batch: Batch) => void batches.push(batch)
  const plan = { open, name, zone: 'Asia/Kolkata', answers: {}, skipBatches: 0, limits: LIMITS, emit }
  // Whether nothing is said or undefined is all the same in a report.
  const outcome = JSON.parse(JSON.stringify(await runPipeline({ ...plan, ...more }))) as PipelineOutcome
  return { batches, outcome }
}

/** The report as the database adds it up. */
function reportOf(batches: readonly Batch[]) {
  const skips = new Map<string, { count: number; places: string[] }>()
  for (const { reason, what, count, places } of batches.flatMap((batch) => batch.skips)) {
    const known = skips.get(`${reason} ${what}`) ?? { count: 0, places: [] }
    skips.set(`${reason} ${what}`, { count: known.count + count, places: [...known.places, ...places].slice(0, 3) })
  }
  return {
    samples: batches.flatMap((batch) => batch.samples),
    recordings: batches.flatMap((batch) => batch.recordings),
    skips: [...skips],
  }
}

const FILES: readonly (readonly [name: string, content: string | Uint8Array])[] = [
  ['export.xml', APPLE_EXPORT],
  ['auto.json', exports.HEALTH_AUTO_EXPORT],
  ['sleep.json', exports.GOOGLE_FIT_SLEEP],
  ['oura.json', exports.OURA],
  ['fitbit.json', exports.FITBIT_SLEEP],
  ['track.gpx', exports.GPX],
  ['lap.tcx', exports.TCX],
  ['a.fit', FIT_ACTIVITY],
  ['entries.json', exports.NIGHTSCOUT_ENTRIES],
  ['clarity.csv', exports.CLARITY],
  ['utf16.csv', Buffer.from(exports.CLARITY, 'utf16le')],
  ['libre.csv', exports.LIBRE_MMOL],
  ['weight.csv', exports.WITHINGS_WEIGHT],
  ['diary.csv', exports.ANY_TABLE],
  ['health_connect_export.db', healthConnectDatabase()],
  ['export.xml.gz', gzipSync(APPLE_EXPORT)],
  ['oura.json.gz', gzipSync(exports.OURA)],
  ['cut.gz', gzipSync(APPLE_EXPORT).subarray(0, 900)],
  [
    'all.zip',
    zipOf([
      { name: 'a.gpx', content: exports.GPX, sizes: 'behind' },
      { name: 'auto.json', content: exports.HEALTH_AUTO_EXPORT },
      { name: 'b.fit', content: FIT_ACTIVITY },
      { name: 'notes.txt', content: 'nothing' },
      { name: 'ecg.csv', content: ecgFile({ values: 600 }) },
      { name: 'oura.json', content: exports.OURA },
      { name: 'health_connect_export.db', content: healthConnectDatabase(), sizes: 'behind-unmarked' },
      { name: 'libre.csv', content: exports.LIBRE_MMOL },
    ]),
  ],
]

describe('an import that was killed', () => {
  for (const [name, content] of FILES) {
    test(`goes on from every batch to the same samples and the same report: ${name}`, async () => {
      const bytes = Buffer.from(content as string)
      const answers = { mapping: MAPPING }
      const whole = await run(bytes, name, { pieceBytes: 61, batchReadings: 1, answers })
      const once = await run(bytes, name, { pieceBytes: 1e6, answers })
      assert.deepEqual(reportOf(whole.batches), reportOf(once.batches))
      assert.deepEqual(whole.outcome, once.outcome)
      const places = whole.batches.filter(({ checkpoint }) => checkpoint !== undefined)
      assert.ok(places.length >= Math.min(2, whole.batches.length - 1), `${places.length} of ${whole.batches.length}`)
      for (const { index, checkpoint } of places) {
        const kept = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint
        const going = { pieceBytes: 97, batchReadings: 3, answers, checkpoint: kept, skipBatches: index + 1 }
        const rest = await run(bytes, name, going)
        const both = reportOf([...whole.batches.slice(0, index + 1), ...rest.batches])
        assert.deepEqual(both, reportOf(once.batches), `behind batch ${index}`)
        assert.deepEqual(rest.outcome, once.outcome, `behind batch ${index}`)
      }
    })
  }
})

const lines = (batches: readonly Batch[]) =>
  reportOf(batches)
    .samples.map(({ metric, value, startMs, zoneOffsetMinutes, source }) =>
      [metric, value, startMs, zoneOffsetMinutes, source].join(' '),
    )
    .sort()

describe('a database of Health Connect', () => {
  for (const [pageBytes, encoding] of [
    [1024, 'UTF-8'],
    [4096, 'UTF-16be'],
    [65_536, 'UTF-16le'],
  ] as const) {
    test(`gives what SQLite reads of it, with pages of ${pageBytes} bytes and text in ${encoding}`, async () => {
      const bytes = grownDatabase(400, { pageBytes, encoding })
      const isShort = pageBytes < 65_536
      const expected = rowsBySqlite(bytes, isShort ? 100 : 10_000).map((line) =>
        line.replace('com.fitbit.FitbitMobile', 'fitbit').replace('org.example.Ärztin', 'org-example-a-rztin'),
      )
      const { batches, outcome } = await run(bytes, 'export.db', { pieceBytes: 1777, batchReadings: 1000 })
      assert.deepEqual(lines(batches), expected.map((line) => line.replace('.0 ', ' ')).sort())
      assert.deepEqual(outcome.entries[0]?.outcome, 'read')
      const skips = reportOf(batches).skips.map(([kind, { count }]) => `${kind} ${count}`)
      const beyond = isShort ? ['incomplete weight_record_table 8'] : []
      assert.deepEqual(skips.sort(), [...beyond, 'unknown-type exercise_session_record_table 3'])
    })
  }

  test('with a damaged page gives all others, and says that it was damaged', async () => {
    const bytes = Buffer.from(grownDatabase(40, { pageBytes: 1024 }))
    const whole = await run(bytes, 'a.db', { pieceBytes: 5000 })
    // Rows of a series are the shortest: most of them lie on one page.
    const rowsAt = (at: number) => (bytes[at] === 0x0d ? bytes.readUInt16BE(at + 3) : 0)
    const heads = Array.from({ length: bytes.length / 1024 - 1 }, (_none, index) => (index + 1) * 1024)
    const page = heads.reduce((best, at) => (rowsAt(at) > rowsAt(best) ? at : best), 1024)
    bytes[page] = 0x77
    const { batches, outcome } = await run(bytes, 'a.db', { pieceBytes: 5000 })
    const [expected, found] = [lines(whole.batches), lines(batches)]
    assert.ok(found.length < expected.length && found.length > expected.length - 120)
    assert.deepEqual(
      found,
      expected.filter((line) => found.includes(line)),
    )
    assert.deepEqual([outcome.entries[0]?.outcome, outcome.entries[0]?.fault], ['partly', 'malformed'])
  })

  test('never breaks the reading, however its bytes were altered or cut', async () => {
    const original = grownDatabase(12, { pageBytes: 512, samplesEach: 4 })
    // Heads of pages, and the first one, are where an alteration does most.
    const place = fc.oneof(
      fc.nat(original.length - 1),
      fc
        .nat(Math.floor(original.length / 512) - 1)
        .chain((page) => fc.integer({ min: 0, max: 11 }).map((at) => page * 512 + at)),
      fc.nat(99),
    )
    const change = fc.record({ at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) })
    const cut = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), cut, async (changes, kept) => {
        const bytes = Buffer.from(original)
        for (const { at, bytes: put } of changes) Buffer.from(put).copy(bytes, at)
        const { batches, outcome } = await run(bytes.subarray(0, Math.ceil((kept ?? 1) * bytes.length)), 'a.db', {
          pieceBytes: 4000,
        })
        assert.ok(outcome.entries.length <= 1)
        for (const { value, startMs } of batches.flatMap(({ samples }) => samples)) {
          assert.ok(Number.isFinite(value) && Number.isFinite(startMs))
        }
      }),
      { numRuns: 1200 },
    )
  })
})
