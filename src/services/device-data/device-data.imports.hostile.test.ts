import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { createGzip, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { FORMATS, formatOf, headOf } from './domain/formats/catalogue.ts'
import { type FormatContext, FormatRefusal } from './domain/formats/reading.ts'
import { LocalClock } from './domain/formats/times.ts'
import { decodeTrace, encodeTrace, LARGEST_NANOVOLTS } from './domain/recording.ts'
import type { Sample } from './domain/sample.ts'
import { ecgFile } from './fixtures/appleEcg.ts'
import { APPLE_EXPORT, largeAppleExport } from './fixtures/appleExport.ts'
import { type Member, zipOf } from './fixtures/archives.ts'
import * as exports from './fixtures/exports.ts'
import { FIT_ACTIVITY } from './fixtures/fitFile.ts'
import { largeTable } from './fixtures/largeTable.ts'
import type { Checkpoint } from './providers/imports/checkpoint.ts'
import type { Batch } from './providers/imports/collector.ts'
import { runPipeline } from './providers/imports/pipeline.ts'

const LIMITS = { entries: 20, totalBytes: 30_000_000, ratio: 100, ratioFromBytes: 1_000_000 }

async function read(bytes: Uint8Array, name = '', pieceBytes = 30_000) {
  async function* open() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const batches: Batch[] = []
  const emit = async (batch: Batch) => void batches.push(batch)
  const outcome = await runPipeline({
    open,
    name,
    zone: 'UTC',
    answers: {},
    skipBatches: 0,
    limits: LIMITS,
    emit,
  })
  const samples: Sample[] = batches.flatMap((batch) => [...batch.samples])
  return {
    ...outcome,
    samples,
    recordings: batches.flatMap((batch) => [...batch.recordings]),
    faults: outcome.entries.map(({ outcome: became, fault }) => `${became} ${fault ?? ''}`.trim()),
  }
}

const apple = (name: string, more: Partial<Member> = {}): Member => ({ name, content: APPLE_EXPORT, ...more })

describe('archives', () => {
  test('are read however sizes are told: before, behind with and without a mark, and in the long form', async () => {
    const zip = zipOf([
      apple('apple_health_export/export.xml', { sizes: 'behind' }),
      { name: 'apple_health_export/', content: '', isStored: true },
      { name: 'notes.txt', content: 'nothing', isStored: true },
      { name: 'entries.json', content: exports.NIGHTSCOUT_ENTRIES, sizes: 'behind-unmarked' },
      { name: 'clarity.csv', content: exports.CLARITY, sizes: 'long' },
      { name: 'libre.csv', content: exports.LIBRE_MMOL },
    ])
    for (const pieceBytes of [1, 113, 65_536]) {
      const { samples, faults, fault } = await read(zip, 'export.zip', pieceBytes)
      assert.deepEqual([samples.length, fault], [14 + 3 + 7 + 8, undefined])
      assert.deepEqual(faults, ['read', 'refused entry-not-recognised', 'read', 'read', 'read'])
    }
  })

  test('that hold a bomb end at the bomb, and what stood before it is kept', async () => {
    const bomb = {
      name: 'export.xml',
      content: Buffer.concat([Buffer.from('<HealthData>'), Buffer.alloc(20_000_000, 32)]),
    }
    const { samples, fault } = await read(zipOf([apple('good.xml'), bomb, apple('after.xml')]))
    assert.deepEqual([samples.length, fault], [14, 'bomb'])
    const packed = gzipSync(Buffer.concat([Buffer.from(APPLE_EXPORT), Buffer.alloc(20_000_000, 32)]))
    assert.equal((await read(packed)).faults[0], 'partly bomb')
  })

  test('with too many files, or too much in them, end there', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ name: `${index}.txt`, content: 'x' }))
    assert.equal((await read(zipOf(many))).fault, 'too-many-entries')
    const noise = Buffer.alloc(16_000_000)
    for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at)
    const large = { content: Buffer.concat([Buffer.from('<HealthData>'), noise]), isStored: true }
    assert.equal((await read(zipOf([{ name: 'a.xml', ...large }]))).fault, undefined)
  })

  test('inside archives, encrypted files and names that leave the folder are refused one by one', async () => {
    const zip = zipOf([
      { name: 'inner.zip', content: zipOf([apple('export.xml')]) },
      apple('secret.xml', { flags: 1 }),
      apple('../../etc/export.xml'),
      apple('/abs/export.xml'),
      apple('wrong.xml', { crc: 1 }),
      apple('good.xml'),
    ])
    const { faults, samples } = await read(zip)
    assert.deepEqual(faults, [
      'refused entry-nested-archive',
      'refused entry-encrypted',
      'refused entry-unsafe-name',
      'refused entry-unsafe-name',
      'refused entry-damaged',
      'read',
    ])
    assert.equal(samples.length, 14)
  })

  test('a cut archive gives what came before the cut, and says so', async () => {
    const zip = zipOf([apple('a.xml'), apple('b.xml')])
    const { samples, fault, faults } = await read(zip.subarray(0, Math.floor(zip.length * 0.6)))
    assert.ok(samples.length >= 14)
    assert.ok(fault !== undefined || faults.includes('partly entry-damaged'), faults.join())
  })

  test('bytes that only begin like a packed file are refused', async () => {
    for (const start of ['1f8b', '1f8b08', '504b0304', '53514c69746520666f726d6174203300']) {
      const { samples, fault, faults } = await read(
        Buffer.concat([Buffer.from(start, 'hex'), Buffer.from(APPLE_EXPORT)]),
      )
      assert.deepEqual([samples.length, fault !== undefined || faults.length === 1], [0, true], start)
    }
  })

  test('a marker of an entry inside packed bytes is no entry', async () => {
    const marker = Buffer.from('504b0708504b0102504b0304', 'hex')
    const stored = Buffer.concat([Buffer.from('plain '), marker, Buffer.from(APPLE_EXPORT)])
    const packed = deflateRawSync(stored, { level: 0 })
    assert.ok(packed.includes(marker))
    const zip = zipOf([{ name: 'a.bin', content: stored, isStored: true }, apple('b.xml', { sizes: 'behind' })])
    assert.equal((await read(zip)).samples.length, 14)
  })
})

describe('hostile files', () => {
  const refusedWith = async (content: string | Uint8Array, fault: string) => {
    const { faults } = await read(Buffer.from(content as string))
    assert.match(faults[0] ?? '', new RegExp(`(partly|refused) ${fault}`))
  }

  test('a document type that declares entities is refused, and none is ever expanded', async () => {
    const bomb = '<!DOCTYPE HealthData [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><HealthData>&b;</HealthData>'
    await refusedWith(bomb, 'entities-declared')
    const external = '<!DOCTYPE HealthData SYSTEM "file:///etc/passwd"><HealthData><Me a="&xxe;"/></HealthData>'
    assert.deepEqual((await read(Buffer.from(external))).faults, ['read'])
  })

  test('endless tags, rows and records, and too deep trees are refused in bounded memory', async () => {
    await refusedWith(`<HealthData><Record a="${'x'.repeat(3_000_000)}`, 'record-too-long')
    await refusedWith(`<HealthData>${'<a>'.repeat(100)}`, 'too-deep')
    await refusedWith(`${exports.CLARITY_TITLES}\n1,"${'x'.repeat(1_000_000)}`, 'record-too-long')
    await refusedWith(`[{"sgv":1,"date":[${'['.repeat(1000)}`, 'too-deep')
    await refusedWith(`[{"sgv":1,"note":"${'x'.repeat(9_000_000)}`, 'record-too-long')
  })

  test('a cut file gives all that stood before the cut', async () => {
    const { samples, faults } = await read(Buffer.from(APPLE_EXPORT.slice(0, APPLE_EXPORT.indexOf('<Workout '))))
    assert.deepEqual([samples.length, faults], [13, ['partly cut-off']])
    const fit = await read(FIT_ACTIVITY.subarray(0, FIT_ACTIVITY.length - 3))
    assert.deepEqual([fit.samples.length > 3, fit.faults], [true, ['partly cut-off']])
    const altered = Buffer.from(FIT_ACTIVITY)
    altered[altered.length - 1] = 0xee
    assert.deepEqual((await read(altered)).faults, ['partly bad-checksum'])
  })

  for (const packing of ['as it is', 'packed with gzip'] as const) {
    test(`a table of very many rows, ${packing}, is taken whole, and never more than a batch of it is held`, async () => {
      const rows = 250_000
      let given = 0
      let taken = 0
      let mostHeld = 0
      async function* plain() {
        for (const piece of largeTable(rows)) {
          given += piece.length
          yield piece
        }
      }
      const open = () =>
        packing === 'as it is' ? plain() : Readable.from(plain(), { highWaterMark: 1 }).pipe(createGzip({ level: 1 }))
      const rowBytes = 29
      const emit = async ({ samples, checkpoint, index }: Batch) => {
        taken += samples.length
        mostHeld = Math.max(mostHeld, samples.length, given / rowBytes - taken)
        assert.ok(checkpoint?.batch === index + 1 || taken === rows)
      }
      const limits = { ...LIMITS, totalBytes: 1e9 }
      const plan = { open, name: 'a.csv', zone: 'UTC', answers: {}, skipBatches: 0, limits, emit }
      const { entries } = await runPipeline(plan)
      assert.deepEqual([entries[0]?.outcome, taken], ['read', rows])
      // Both packers have pieces in hand besides.
      assert.ok(mostHeld < 110_000, `${mostHeld} rows were held`)
    })
  }

  test('text that is no UTF-8 is read as Western text, and its numbers stay', async () => {
    const western = Buffer.from(exports.CLARITY.replace('\uFEFF', '').replace('Phone', 'Téléphone'), 'latin1')
    assert.equal((await read(western)).samples.length, 7)
    assert.deepEqual((await read(Buffer.from([0, 1, 2, 3, 255, 254, 7]))).faults, ['refused entry-not-recognised'])
  })

  async function batchesFrom(
    bytes: Uint8Array,
    name: string,
    more: { checkpoint?: Checkpoint; skipBatches?: number } = {},
  ) {
    let givenBytes = 0
    async function* open(from: number) {
      for (let at = from; at < bytes.length; at += 131_000) {
        const piece = bytes.subarray(at, at + 131_000)
        givenBytes += piece.length
        yield piece
      }
    }
    const batches: Batch[] = []
    const emit = async (batch: Batch) => void batches.push(batch)
    const limits = { ...LIMITS, totalBytes: 60_000_000 }
    const plan = { open, name, zone: 'UTC', answers: {}, skipBatches: 0, limits, emit }
    const outcome = await runPipeline({ ...plan, ...more })
    return { batches, givenBytes, outcome }
  }

  const json = (rows: number) =>
    JSON.stringify(
      Array.from({ length: rows }, (_none, row) => ({
        type: 'sgv',
        sgv: 90 + (row % 50),
        date: 1_700_000_000_000 + row * 1000,
      })),
    )
  const big = Buffer.concat([...largeAppleExport(50_000)])
  const files: readonly (readonly [name: string, what: string, bytes: Uint8Array])[] = [
    ['export.xml', 'an export of Apple Health', big],
    ['entries.json', 'a list of Nightscout', Buffer.from(json(50_000))],
    [
      'export.zip',
      'an archive',
      zipOf([
        { name: 'entries.json', content: json(30_000) },
        { name: 'apple_health_export/export.xml', content: big },
        { name: 'clarity.csv', content: exports.CLARITY },
      ]),
    ],
  ]
  for (const [name, what, bytes] of files) {
    test(`${what} goes on from every place behind a batch, without reading what lies before`, async () => {
      const whole = await batchesFrom(bytes, name)
      assert.ok(whole.batches.length >= 3)
      let leastBytes = whole.givenBytes
      for (const [index, { checkpoint }] of whole.batches.entries()) {
        if (checkpoint === undefined) continue
        // It is kept as JSON.
        const kept = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint
        assert.equal(kept.batch, index + 1)
        const rest = await batchesFrom(bytes, name, { checkpoint: kept, skipBatches: index + 1 })
        const flat = (batches: readonly Batch[]) => JSON.stringify(batches.flatMap(({ samples }) => samples))
        assert.ok(flat(rest.batches) === flat(whole.batches.slice(index + 1)), `behind batch ${index}`)
        assert.deepEqual(rest.outcome, whole.outcome)
        assert.ok(rest.givenBytes <= whole.givenBytes)
        leastBytes = Math.min(leastBytes, rest.givenBytes)
      }
      assert.ok(leastBytes < whole.givenBytes)
      assert.ok(whole.batches.filter(({ checkpoint }) => checkpoint !== undefined).length >= 2)
    })
  }
})

const seeds: readonly (readonly [name: string, content: string | Uint8Array])[] = [
  ['export.xml', APPLE_EXPORT],
  ['steps-2024-01-31.json', exports.FITBIT_STEPS],
  ['raw_tracker_steps.csv', exports.WITHINGS_RAW_STEPS],
  ['a.fit', FIT_ACTIVITY],
  ['electrocardiograms/ecg.csv', ecgFile({ values: 600 })],
  ['a.zip', zipOf([{ name: 'e.json', content: exports.NIGHTSCOUT_ENTRIES, sizes: 'behind' }, apple('x.xml')])],
  ...Object.values(exports)
    .filter((one): one is string => typeof one === 'string')
    .map((one): [string, string] => ['', one]),
]

/** A valid file with bytes changed, left out, doubled, or cut. */
const mutated = fc
  .record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        count: fc.nat(9),
        bytes: fc.uint8Array({ maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    keep: fc.double({ min: 0.05, max: 1, noNaN: true }),
  })
  .map(({ seed: [name, content], changes, keep }) => {
    let bytes = Buffer.from(content as string)
    for (const change of changes) {
      const at = Math.floor(change.at * bytes.length)
      bytes = Buffer.concat([bytes.subarray(0, at), change.bytes, bytes.subarray(at + change.count)])
    }
    return { name, bytes: bytes.subarray(0, Math.ceil(bytes.length * keep)) }
  })

describe('altered files', () => {
  test('never break the reading: they are read, partly read or refused, and every sample is a number', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, fc.integer({ min: 1, max: 500 }), async ({ name, bytes }, pieceBytes) => {
        const { samples, recordings, entries, fault } = await read(bytes, name, pieceBytes)
        assert.ok(entries.length > 0 || fault !== undefined || samples.length === 0)
        for (const { trace, count, rateHz } of recordings) {
          assert.ok(count >= rateHz && decodeTrace(trace).length === count)
        }
        for (const sample of samples) assert.ok(Number.isFinite(sample.value) && Number.isInteger(sample.startMs))
      }),
      { numRuns: 1500 },
    )
  })

  test('a trace comes back as it was, whatever its values', () => {
    const values = fc.array(fc.integer({ min: -LARGEST_NANOVOLTS, max: LARGEST_NANOVOLTS }), { minLength: 1 })
    fc.assert(
      fc.property(values, (nanovolts) => {
        assert.deepEqual([...decodeTrace(encodeTrace(Float64Array.from(nanovolts)))], nanovolts)
      }),
      { numRuns: 300 },
    )
  })

  test('an ECG that is none, or none that a watch gives, is left out with the reason, however long it is', async () => {
    const small = ecgFile({ values: 600 })
    const whole = ecgFile({ values: 600 }).split('\n')
    const cases: readonly (readonly [fault: string, content: string | Uint8Array])[] = [
      ['rate-unknown', ecgFile({ values: 600, rate: '512000 hertz' })],
      ['rate-unknown', ecgFile({ values: 600, rate: 'often' })],
      ['unit-unknown', ecgFile({ values: 600, unit: 'furlong' })],
      ['malformed', ecgFile({ values: 600, recorded: 'yesterday' })],
      ['malformed', whole.slice(12).join('\n')],
      ['malformed', small.replace(/\n(-?[\d.]+)\n$/, '\nhere\n$1\n')],
      ['malformed', small.replace(/\n-?[\d.]+\n$/, '\n999999999\n')],
      ['malformed', 'a'.repeat(100_000)],
      ['cut-off', ecgFile({ values: 511 })],
      ['cut-off', ''],
      ['wrong-encoding', Buffer.from([0x4e, 0x61, 0x6d, 0x65, 0x2c, 0, 1, 2, 3, 255, 0, 0])],
      ['record-too-long', `${small}${'0\n'.repeat(2_000_000)}`],
      ['record-too-long', `${small}${'\n'.repeat(2_000_000)}`],
    ]
    const members = cases.map(([, content], index) => ({ name: `x/electrocardiograms/ecg_${index}.csv`, content }))
    const { faults } = await read(zipOf(members), 'export.zip')
    assert.deepEqual(
      faults,
      cases.map(([fault]) => `refused ${fault}`),
    )
    assert.deepEqual((await read(Buffer.from(small), 'heart.csv')).faults, ['read'])
  })

  test('every parser ends in nothing but its own refusal, whatever bytes it is given', () => {
    const sink = { reading: () => undefined, recording: () => undefined, skip: () => undefined }
    const mapping = { time: ['a'], values: [{ column: 'b', metric: 'heart_rate', unit: '' }], source: 'x' }
    const context: FormatContext = {
      sink,
      clock: new LocalClock('Europe/Berlin'),
      name: '',
      answers: { mapping, dateOrder: 'day-first' },
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMATS),
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          mutated.map(({ bytes }) => bytes),
        ),
        (format, bytes) => {
          formatOf(headOf(bytes, 'any'))
          try {
            const parser = format.open(context)
            parser.push(bytes)
            parser.end()
          } catch (error) {
            assert.ok(error instanceof FormatRefusal, String(error))
          }
        },
      ),
      { numRuns: 4000 },
    )
  })
})
