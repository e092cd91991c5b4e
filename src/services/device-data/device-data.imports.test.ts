import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { ecgFile, ecgValue } from './fixtures/appleEcg.ts'
import { APPLE_EXPORT, largeAppleExport } from './fixtures/appleExport.ts'
import { zipOf } from './fixtures/archives.ts'
import * as exports from './fixtures/exports.ts'
import { grownDatabase } from './fixtures/testing/healthConnectFile.ts'

const IMPORTS = '/api/v1/device-data/imports'
const ENVIRONMENT = { DEVICE_IMPORT_MAX_MB: '8', DEVICE_IMPORT_MAX_UNPACKED_MB: '64' }

describe('imports of files', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform({ environment: ENVIRONMENT })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const upload = (who: TestPerson, content: string | Buffer, query = 'time_zone=Asia/Kolkata', path = IMPORTS) =>
    who.request('POST', `${path}?${query}`, { raw: content, headers: { 'content-type': 'application/octet-stream' } })

  async function imported(who: TestPerson, content: string | Buffer, query?: string) {
    const given = await upload(who, content, query)
    assert.equal(given.status, 202, given.text)
    await platform.settle()
    const report = await who.get(`${IMPORTS}/${given.body.id}`)
    assert.equal(report.status, 200, report.text)
    return report.body
  }

  /** Every value of a person, as it can be read through the database's own rollups. */
  const daysOf = async (who: TestPerson) =>
    platform.rows(
      `select s.metric, s.source, d.local_day::text as day, sum(d.n)::int as n, sum(d.total) as total
         from device_data.day d join device_data.series s on s.id = d.series_id
        where s.user_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
      [who.accountId],
    )

  test('an Apple Health archive is taken in the background, with a report of what was taken and what was not', async () => {
    const zip = zipOf([{ name: 'apple_health_export/export.xml', content: APPLE_EXPORT, sizes: 'behind' }])
    const given = await upload(ana, zip, 'file_name=export.zip', '/api/v1/apple-health/import')
    assert.equal(given.status, 202, given.text)
    assert.deepEqual([given.body.state, given.body.format, given.body.file_name], ['waiting', null, 'export.zip'])
    await platform.settle()
    const report = (await ana.get(`${IMPORTS}/${given.body.id}`)).body
    assert.deepEqual(
      [report.import.state, report.import.format, report.import.taken, report.import.duplicates, report.import.skipped],
      ['done', 'apple-health', 14, 0, 7],
    )
    assert.deepEqual(
      report.taken.find((one: { metric: string }) => one.metric === 'rr_interval'),
      { metric: 'rr_interval', source: 'apple-watch', taken: 2, duplicates: 0 },
    )
    assert.deepEqual(
      report.skipped.find((one: { reason: string }) => one.reason === 'unknown-type'),
      { reason: 'unknown-type', what: 'SomethingNew', count: 1, places: ['0:#14'] },
    )
    assert.deepEqual(report.files, [
      {
        index: 0,
        name: 'apple_health_export/export.xml',
        format: 'apple-health',
        outcome: 'read',
        fault: null,
        place: null,
      },
    ])
    assert.doesNotMatch(JSON.stringify(report), /Ana|Big/)
    const days = await ana.get('/api/v1/apple-health/data/HKQuantityTypeIdentifierHeartRate?days=366')
    assert.equal(days.status, 200, days.text)
  })

  test('the same file twice, packed, in halves and overlapping gives the rows of one import', async () => {
    const [cleo, dora] = [await platform.person('cleo'), await platform.person('dora')]
    const inside = APPLE_EXPORT.slice(APPLE_EXPORT.indexOf(' <Record'), APPLE_EXPORT.indexOf('</HealthData>'))
    // What begins with one space stands directly in the export.
    const records = inside.split(/^(?= <[A-Z])/m)
    const half = (from: number, to: number) => `<HealthData>${records.slice(from, to).join('')}</HealthData>`
    assert.equal(records.length, 15)
    await imported(cleo, APPLE_EXPORT)
    const again = await imported(cleo, APPLE_EXPORT)
    assert.deepEqual([again.import.taken, again.import.duplicates], [0, 14])
    const packed = await imported(cleo, gzipSync(APPLE_EXPORT))
    assert.deepEqual([packed.import.taken, packed.import.duplicates], [0, 14])
    await imported(dora, half(6, records.length))
    await imported(dora, half(0, 8))
    assert.deepEqual(await daysOf(dora), await daysOf(cleo))
  })

  for (const { what, content, batches } of [
    { what: 'an export of Apple Health', content: () => Buffer.concat([...largeAppleExport(22_500)]), batches: 2 },
    {
      what: 'a zipped database of Health Connect',
      // Larger than what is held of a file that is looked over first.
      content: () =>
        zipOf([{ name: 'a.db', content: grownDatabase(1200, { pageBytes: 4096, samplesEach: 40 }), isStored: true }]),
      batches: 3,
    },
  ]) {
    test(`an import of ${what} that broke in the middle goes on behind its last batch to the same rows and report`, async () => {
      const [elsa, finn] = [await platform.person('elsa'), await platform.person('finn')]
      const file = content()
      const whole = await imported(elsa, file)
      await platform.rows(
        `create function device_data.break_import() returns trigger language plpgsql as $$ begin
           if new.batches = ${batches} then raise exception 'the database went away'; end if; return new; end $$`,
      )
      await platform.rows(
        'create trigger break_import before update on device_data.import for each row execute function device_data.break_import()',
      )
      const { body } = await upload(finn, file)
      await platform.settle()
      const broken = (await finn.get(`${IMPORTS}/${body.id}`)).body.import
      const stored = broken.taken + broken.skipped
      assert.ok(
        broken.state === 'running' && stored >= 20_000 && stored < whole.import.taken,
        `${broken.state} ${stored}`,
      )
      const [kept] = await platform.rows('select checkpoint from device_data.import where id = $1', [body.id])
      assert.doesNotMatch((kept as { checkpoint: Buffer }).checkpoint.toString('latin1'), /HealthData|health-connect/)
      await platform.rows('drop function device_data.break_import cascade')
      platform.clock.advance({ minutes: 10 })
      await platform.settle()
      const report = (await finn.get(`${IMPORTS}/${body.id}`)).body
      assert.deepEqual([report.import.state, report.import.duplicates], ['done', 0])
      assert.deepEqual([report.taken, report.skipped, report.files], [whole.taken, whole.skipped, whole.files])
      assert.deepEqual(await daysOf(finn), await daysOf(elsa))
    })
  }

  test('progress comes as events until the import has ended', async () => {
    const { body } = await upload(ana, exports.NIGHTSCOUT_ENTRIES)
    const watched = ana.get(`${IMPORTS}/${body.id}/events`)
    await platform.settle()
    const { status, headers, text } = await watched
    assert.deepEqual([status, headers['content-type']], [200, 'text/event-stream'])
    const last = text.trim().split('\n\n').at(-1) ?? ''
    assert.match(last, /^event: end\ndata: \{/)
    assert.equal(JSON.parse(last.slice(last.indexOf('{'))).state, 'done')
  })

  test('an unknown table asks which column is what, and is read by the answer', async () => {
    const { body } = await upload(ana, exports.ANY_TABLE, 'time_zone=Europe/Berlin&file_name=diary.csv')
    assert.deepEqual([body.state, body.question], ['asking', 'columns'])
    const asked = (await ana.get(`${IMPORTS}/${body.id}`)).body
    assert.deepEqual(
      asked.columns.map((one: { column: string; looks_like: string }) => [one.column, one.looks_like]),
      [
        ['Datum', 'time'],
        ['Uhrzeit', 'text'],
        ['Puls (bpm)', 'text'],
        ['Gewicht (kg)', 'number'],
        ['Notiz', 'text'],
      ],
    )
    const time = ['Datum', 'Uhrzeit']
    for (const [mapping, field] of [
      [{ time: ['Zeit'], values: [{ column: 'Puls (bpm)', metric: 'heart_rate' }] }, /mapping.time/],
      [{ time, values: [{ column: 'Puls (bpm)', metric: 'luck' }] }, /metric/],
      [{ time, values: [{ column: 'Gewicht (kg)', metric: 'body_weight', unit: 'mmHg' }] }, /unit/],
      [{ time, values: [] }, /mapping.values/],
    ] as const) {
      const refused = await ana.post(`${IMPORTS}/${body.id}/mapping`, { mapping })
      assert.equal(refused.status, 422)
      assert.match(refused.text, field)
    }
    assert.equal((await ana.post(`${IMPORTS}/${body.id}/mapping`, {})).status, 422)
    const mapping = { time, values: [{ column: 'Gewicht (kg)', metric: 'body_weight', unit: 'kg' }], source: 'diary' }
    const answered = await ana.post(`${IMPORTS}/${body.id}/mapping`, { mapping })
    assert.deepEqual([answered.status, answered.body.state], [202, 'waiting'])
    await platform.settle()
    const report = (await ana.get(`${IMPORTS}/${body.id}`)).body
    assert.deepEqual(
      [report.import.state, report.taken],
      ['done', [{ metric: 'body_weight', source: 'diary', taken: 2, duplicates: 0 }]],
    )
    assert.equal((await ana.post(`${IMPORTS}/${body.id}/mapping`, { mapping })).status, 409)
  })

  test('a file whose dates allow two orders asks which, and nothing of it is taken before', async () => {
    const asked = await imported(ana, exports.LIBRE_AMBIGUOUS)
    assert.deepEqual([asked.import.state, asked.import.question, asked.import.taken], ['asking', 'date-order', 0])
    assert.equal((await ana.post(`${IMPORTS}/${asked.import.id}/mapping`, { date_order: 'day-first' })).status, 202)
    await platform.settle()
    const report = (await ana.get(`${IMPORTS}/${asked.import.id}`)).body
    assert.deepEqual([report.import.state, report.import.taken], ['done', 2])
  })

  test('a cut file is partly taken, an altered archive is refused, and both say why', async () => {
    const cut = await imported(ana, APPLE_EXPORT.slice(0, 4000))
    assert.deepEqual([cut.import.state, cut.import.failure], ['partly', 'cut-off'])
    const nothing = await imported(ana, zipOf([{ name: 'a.txt', content: 'nothing' }]))
    assert.deepEqual([nothing.import.state, nothing.import.failure], ['failed', 'nothing-recognised'])
    const bomb = zipOf([
      { name: 'export.xml', content: Buffer.concat([Buffer.from('<HealthData>'), Buffer.alloc(80_000_000, 32)]) },
    ])
    assert.deepEqual((await imported(ana, bomb)).import.failure, 'too-large')
  })

  test('values that cannot be are named with their reason, and the rest is taken', async () => {
    const report = await imported(
      ana,
      '[{"type":"sgv","sgv":900,"date":1704400000000},{"type":"sgv","sgv":101,"date":1704500000000}]',
    )
    assert.deepEqual([report.import.state, report.import.taken, report.import.skipped], ['done', 1, 1])
    assert.deepEqual(report.skipped, [
      { reason: 'outside-plausible-range', what: 'continuous_glucose', count: 1, places: ['0:#1'] },
    ])
  })

  test('stopping an import removes its file; removing its report leaves what was taken', async () => {
    const { body } = await upload(ana, exports.ANY_TABLE)
    assert.equal((await ana.delete(`${IMPORTS}/${body.id}`)).status, 204)
    const [row] = await platform.rows('select state, file_address from device_data.import where id = $1', [body.id])
    assert.deepEqual(row, { state: 'cancelled', file_address: null })
    assert.equal((await ana.delete(`${IMPORTS}/${body.id}`)).status, 204)
    assert.equal((await ana.get(`${IMPORTS}/${body.id}`)).status, 404)
    assert.equal((await ana.delete(`${IMPORTS}/${body.id}`)).status, 404)
  })

  test('an import that was stopped before its turn takes nothing', async () => {
    const { body } = await upload(ben, APPLE_EXPORT)
    assert.equal((await ben.delete(`${IMPORTS}/${body.id}`)).status, 204)
    await platform.settle()
    const report = (await ben.get(`${IMPORTS}/${body.id}`)).body
    assert.deepEqual([report.import.state, report.import.taken, report.taken], ['cancelled', 0, []])
    assert.equal((await upload(ben, APPLE_EXPORT)).status, 202)
  })

  test('one part of multipart/form-data is a file as well', async () => {
    const parts = (name: string) =>
      `--x\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n--x\r\ncontent-disposition: form-data; name="${name}"; filename="my file.json"\r\ncontent-type: application/json\r\n\r\n`
    const form = (raw: string) =>
      ben.request('POST', IMPORTS, { raw, headers: { 'content-type': 'multipart/form-data; boundary=x' } })
    const given = await form(`${parts('file')}${exports.NIGHTSCOUT_ENTRIES}\r\n--x--\r\n`)
    assert.deepEqual(
      [given.status, given.body.file_name, given.body.format],
      [202, 'my file.json', 'nightscout'],
      given.text,
    )
    assert.equal(
      (await form('--x\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n--x--\r\n')).status,
      400,
    )
    await platform.settle()
  })

  test('refusals: 401, 403, 404, 409, 413, 415, 422 and 429', async () => {
    assert.equal((await platform.request('POST', IMPORTS, { raw: APPLE_EXPORT })).status, 401)
    const { body } = await upload(ana, exports.ANY_TABLE.replace('62', '63'))
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/events'],
      ['DELETE', ''],
    ] as const) {
      assert.equal((await ben.request(method, `${IMPORTS}/${body.id}${path}`)).status, 404, `${method} ${path}`)
    }
    assert.equal((await ben.post(`${IMPORTS}/${body.id}/mapping`, { date_order: 'day-first' })).status, 404)
    const foreign = await upload(ben, APPLE_EXPORT, `profile_id=${ana.accountId}`)
    assert.ok([403, 404].includes(foreign.status), `${foreign.status}`)
    assert.equal((await upload(ana, exports.ANY_TABLE.replace('62', '63'))).status, 409)
    assert.equal((await upload(ana, Buffer.alloc(10_000_000, '<HealthData> '))).status, 413)
    assert.equal((await upload(ana, Buffer.from('89504e470d0a1a0a00', 'hex'))).status, 415)
    assert.equal((await upload(ana, exports.CLARITY, '', '/api/v1/apple-health/import')).status, 415)
    assert.equal((await upload(ana, '')).status, 422)
    assert.equal((await upload(ana, APPLE_EXPORT, 'time_zone=Mars/Olympus')).status, 422)
    assert.equal((await ana.get(`${IMPORTS}/not-an-id`)).status, 422)
    assert.equal((await ana.get(`${IMPORTS}?limit=0`)).status, 422)
    assert.equal((await ana.get('/api/v1/apple-health/data/HKNothing')).status, 404)
    for (let open = 1; open < 5; open += 1) await upload(ana, exports.ANY_TABLE.replace('62', `10${open}`))
    const refused = await upload(ana, exports.ANY_TABLE.replace('62', '110'))
    assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '30'])
  })

  test('imports are listed by pages, the newest first', async () => {
    const first = (await ana.get(`${IMPORTS}?limit=3`)).body
    assert.equal(first.items.length, 3)
    const second = (await ana.get(`${IMPORTS}?limit=3&cursor=${first.next_cursor}`)).body
    const ids = [...first.items, ...second.items].map((one: { id: string }) => one.id)
    assert.equal(new Set(ids).size, 6)
    assert.equal((await ana.post('/api/v1/apple-health/sync', {})).body.last_import.format, 'apple-health')
  })

  test('export has every import, and erasure leaves nothing', async () => {
    const gina = await platform.person('gina')
    await imported(gina, APPLE_EXPORT, 'file_name=mine.xml')
    const data = (await platform.exportAll(gina.accountId))['device-data'] as Record<string, { file_name?: string }[]>
    assert.equal(data.imports?.[0]?.file_name, 'mine.xml')
    assert.ok((data.import_counts?.length ?? 0) > 5 && (data.import_skips?.length ?? 0) > 3)
    assert.equal((await platform.erase(gina.accountId))['device-data.import'], 1)
    for (const table of ['import', 'import_count', 'import_skip']) {
      assert.deepEqual(
        await platform.rows(`select 1 from device_data.${table} where user_id = $1`, [gina.accountId]),
        [],
      )
    }
  })

  const RECORDINGS = '/api/v1/device-data/recordings'
  const ecgs = () => [
    { name: 'apple_health_export/electrocardiograms/ecg_2024-01-05.csv', content: ecgFile() },
    {
      name: 'apple_health_export/electrocardiograms/ecg_2024-02-06.csv',
      content: ecgFile({
        recorded: '2024-02-06 07:00:00 +0100',
        classification: 'Vorhofflimmern',
        symptoms: 'Schneller, pochender Herzschlag',
        rate: '512,844 Hertz',
        language: 'de',
      }),
    },
    {
      name: 'apple_health_export/electrocardiograms/ecg_2024-03-07.csv',
      content: ecgFile({ rate: '8 hertz', values: 600 }),
    },
    {
      name: 'apple_health_export/electrocardiograms/ecg_2099-01-01.csv',
      content: ecgFile({ recorded: '2099-01-01 00:00:00 +0000', values: 600 }),
    },
  ]

  test('ECGs of an Apple Health archive are kept as the watch wrote them, once, and what cannot be read is told', async () => {
    const hana = await platform.person('hana')
    const clinic = JSON.stringify({ resourceType: 'Condition', id: 'c1', code: { text: 'Asthma' } })
    const zip = zipOf([
      { name: 'apple_health_export/export.xml', content: APPLE_EXPORT },
      ...ecgs(),
      { name: 'apple_health_export/clinical-records/Condition-1.json', content: clinic },
    ])
    const report = await imported(hana, zip)
    assert.equal(report.files.at(-1).fault, 'entry-clinical-record')
    assert.deepEqual([report.import.state, report.import.failure, report.import.taken], ['partly', 'rate-unknown', 16])
    assert.deepEqual(
      report.taken.find((one: { metric: string }) => one.metric === 'electrocardiogram'),
      { metric: 'electrocardiogram', source: 'apple-watch', taken: 2, duplicates: 0 },
    )
    assert.deepEqual(
      report.skipped.find((one: { what: string }) => one.what === 'electrocardiogram'),
      { reason: 'in-the-future', what: 'electrocardiogram', count: 1, places: [] },
    )
    const again = await imported(hana, zip)
    assert.deepEqual([again.import.taken, again.import.duplicates], [0, 16])
    const first = (await hana.get(`${RECORDINGS}?limit=1`)).body
    const second = (await hana.get(`${RECORDINGS}?limit=1&cursor=${first.next_cursor}`)).body
    assert.deepEqual([first.items.length, second.items.length, second.next_cursor], [1, 1, null])
    const { id: _id, ...german } = first.items[0]
    assert.deepEqual(german, {
      kind: 'ecg',
      source_name: 'apple-watch',
      started_at: '2024-02-06T06:00:00.000Z',
      offset_minutes: 60,
      duration_seconds: 29.951,
      rate_hz: 512.844,
      count: 15_360,
      classification: 'Vorhofflimmern',
      symptoms: 'Schneller, pochender Herzschlag',
      device: 'Watch6,1',
      software: '1.90',
      lead: 'Lead I',
    })
    const read = (await hana.get(`${RECORDINGS}/${second.items[0].id}`)).body
    assert.deepEqual([read.unit, read.values.length, read.classification], ['uV', 15_360, 'Sinus Rhythm'])
    assert.deepEqual(
      read.values.slice(150, 250),
      Array.from({ length: 100 }, (_, index) => ecgValue(150 + index)),
    )
    const [row] = await platform.rows('select length(trace) as bytes, words from device_data.recording where id = $1', [
      read.id,
    ])
    assert.ok((row?.bytes as number) < 30_000 && !String(row?.words).includes('Sinus'), `${row?.bytes} bytes`)
    assert.doesNotMatch(JSON.stringify([first, read, report]), /Ana|1980/)
  })

  test('an ECG is given alone, seen as FHIR, removed for good, and nobody else’s', async () => {
    const ivo = await platform.person('ivo')
    const { import: told } = await imported(ivo, ecgFile({ values: 1024 }))
    assert.deepEqual([told.format, told.taken], ['apple-ecg', 1])
    const [{ id }] = (await ivo.get(RECORDINGS)).body.items
    const found = await ivo.get('/fhir/Observation?code=http://loinc.org|11524-6')
    const observation = found.body.entry[0].resource
    assert.deepEqual(
      [observation.id, observation.effectivePeriod, observation.device.display, observation.valueQuantity],
      [
        `ecg-${id}`,
        { start: '2024-01-05T02:41:22.000Z', end: '2024-01-05T02:41:24.000Z' },
        'Watch6,1, 1.90',
        undefined,
      ],
    )
    assert.deepEqual(observation.component[0].valueCodeableConcept, {
      coding: [{ system: 'http://hl7.org/fhir/uv/phr/CodeSystem/ecg-classification-codes', code: 'sinusRhythm' }],
      text: 'Sinus Rhythm',
    })
    const { data, period, factor } = observation.component[1].valueSampledData
    assert.deepEqual([period, factor, data.split(' ').length], [1.953125, 0.001, 1024])
    assert.equal(Number(data.split(' ')[195]), Math.round(ecgValue(195) * 1000))

    assert.deepEqual((await ben.get(RECORDINGS)).body.items, [])
    assert.equal((await ben.get(`${RECORDINGS}/${id}`)).status, 404)
    assert.equal((await ben.delete(`${RECORDINGS}/${id}`)).status, 404)
    assert.equal((await platform.request('GET', RECORDINGS)).status, 401)
    assert.equal((await ivo.get(`${RECORDINGS}?cursor=x`)).status, 422)
    const exported = (await platform.exportAll(ivo.accountId))['device-data'] as Record<string, { words: object }[]>
    assert.equal(JSON.stringify(exported.recordings?.[0]?.words).includes('Sinus Rhythm'), true)

    assert.equal((await ivo.delete(`${RECORDINGS}/${id}`)).status, 204)
    assert.equal((await ivo.delete(`${RECORDINGS}/${id}`)).status, 404)
    await platform.settle()
    assert.equal((await ivo.get(`/fhir/Observation/ecg-${id}`)).status, 410)
    assert.equal((await imported(ivo, ecgFile({ values: 1024 }))).import.duplicates, 1)
    assert.deepEqual((await ivo.get(RECORDINGS)).body.items, [])
    await imported(ivo, ecgFile({ recorded: '2024-01-06 08:00:00 +0000', values: 1024 }))
    const gone = await ivo.delete('/api/v1/health-data/source/apple-watch')
    assert.deepEqual(gone.body, { source: 'apple-watch', series: 0, samples: 0, recordings: 1 })
    await imported(ivo, ecgFile({ values: 1024 }))
    assert.equal((await platform.erase(ivo.accountId))['device-data.recording'], 1)
  })

  test('a question that nobody answers for a week ends the import', async () => {
    const { body } = await upload(ben, exports.ANY_TABLE)
    platform.clock.advance({ days: 8 })
    await platform.settle()
    const [row] = await platform.rows('select state, file_address from device_data.import where id = $1', [body.id])
    assert.deepEqual(row, { state: 'cancelled', file_address: null })
  })
})
