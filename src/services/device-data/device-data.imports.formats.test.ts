import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { FormatAnswers } from './domain/formats/reading.ts'
import type { Sample } from './domain/sample.ts'
import { APPLE_EXPORT } from './fixtures/appleExport.ts'
import { zipOf } from './fixtures/archives.ts'
import * as exports from './fixtures/exports.ts'
import { FIT_ACTIVITY } from './fixtures/fitFile.ts'
import { databaseOf, healthConnectDatabase } from './fixtures/testing/healthConnectFile.ts'
import type { Batch } from './providers/imports/collector.ts'
import { runPipeline } from './providers/imports/pipeline.ts'

const LIMITS = { entries: 100, totalBytes: 1e8, ratio: 200, ratioFromBytes: 1e6 }
const ZONE = 'Asia/Kolkata'

interface Given {
  readonly name?: string
  readonly zone?: string
  readonly answers?: FormatAnswers
  readonly pieceBytes?: number
}

async function read(
  content: string | Uint8Array,
  { name = '', zone = ZONE, answers = {}, pieceBytes = 97 }: Given = {},
) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  async function* open() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const batches: Batch[] = []
  const emit = async (batch: Batch) => void batches.push(batch)
  const outcome = await runPipeline({
    open,
    name,
    zone,
    answers,
    skipBatches: 0,
    limits: LIMITS,
    emit,
  })
  const samples = batches.flatMap((batch) => batch.samples)
  const skips = batches.flatMap((batch) => batch.skips).map(({ reason, what, count }) => `${reason} ${what} ${count}`)
  return { samples, lines: samples.map(lineOf), skips, outcome, entry: outcome.entries[0] }
}

/** One line a sample: what it is, when (UTC), how long in seconds, and what else was told. */
function lineOf(sample: Sample): string {
  const { metric, value, unit, startMs, endMs, source, zoneOffsetMinutes, bound, quality } = sample
  const seconds = endMs === undefined ? '' : `+${(endMs - startMs) / 1000}s`
  const extras = [bound, quality, zoneOffsetMinutes === undefined ? '' : `z${zoneOffsetMinutes}`]
  const at = new Date(startMs).toISOString().replace('.000Z', 'Z')
  return [metric, Number(value.toFixed(4)), unit, `${at}${seconds}`, source, ...extras].filter((part) => part).join(' ')
}

describe('files of health data', () => {
  test('an Apple Health export gives its records, sleep, beats, pressures and workouts, and says what it leaves', async () => {
    const { lines, skips, entry } = await read(APPLE_EXPORT)
    assert.deepEqual(lines, [
      'heart_rate 72 /min 2024-01-05T02:41:22Z apple-watch z330',
      'steps_count 120 {steps} 2024-03-31T00:55:00Z+600s iphone z0',
      'oxygen_saturation 97 % 2024-01-05T02:42:00Z apple-watch z330',
      'body_weight 74.8427 kg 2024-01-05T15:00:00Z big-scale z-480',
      'blood_glucose 99.0858 mg/dL 2024-01-05T07:30:00Z meter z0',
      'blood_pressure_systolic 128 mm[Hg] 2024-01-05T02:30:00Z omron z330',
      'blood_pressure_diastolic 82 mm[Hg] 2024-01-05T02:30:00Z omron z330',
      'light_sleep 40 min 2024-01-04T17:30:00Z+2400s apple-watch z330',
      'deep_sleep 30 min 2024-01-04T18:10:00Z+1800s apple-watch z330',
      'sleep_in_bed 480 min 2024-01-04T17:20:00Z+28800s iphone z330',
      'hrv_sdnn 43.2 ms 2024-01-05T18:29:30Z+60s apple-watch z330',
      'rr_interval 1000 ms 2024-01-05T18:29:31.200Z apple-watch fair z330',
      'rr_interval 800 ms 2024-01-05T18:30:02.050Z apple-watch fair z330',
      'exercise_duration 31.5 min 2024-01-05T12:30:00Z+1920s apple-watch z330',
    ])
    assert.deepEqual(skips, [
      'not-a-measurement Me 1',
      'bad-time HeartRate 1',
      'not-a-number HeartRate 1',
      'unknown-type SomethingNew 1',
      'sum-of-other-records Workout.totalDistance 1',
      'sum-of-other-records WorkoutStatistics 1',
      'sum-of-other-records ActivitySummary 1',
    ])
    assert.deepEqual(entry, { index: 0, name: '', format: 'apple-health', outcome: 'read' })
  })

  test('Health Auto Export is read though the points stand before the name of their metric', async () => {
    const { lines, skips } = await read(exports.HEALTH_AUTO_EXPORT)
    assert.deepEqual(lines, [
      'heart_rate 71.5 /min 2024-01-05T02:30:00Z apple-watch z330',
      'blood_pressure_systolic 121 mm[Hg] 2024-01-05T03:30:00Z apple-health z330',
      'blood_pressure_diastolic 79 mm[Hg] 2024-01-05T03:30:00Z apple-health z330',
      'distance_walked 1250 m 2024-01-05T04:30:00Z apple-health z330',
      'sleep_duration 420 min 2024-01-04T17:30:00Z+27000s apple-health z330',
      'deep_sleep 60 min 2024-01-04T17:30:00Z+27000s apple-health z330',
      'exercise_duration 30 min 2024-01-05T12:30:00Z+1800s apple-health z330',
    ])
    assert.deepEqual(skips, ['bad-time heart_rate 1'])
  })

  test('Google Fit: glucose is in mmol/L, sleep in segments, and a raw counter is left to its merged stream', async () => {
    const { lines, skips } = await read(exports.GOOGLE_FIT_SLEEP)
    assert.deepEqual(lines, [
      'deep_sleep 30 min 2024-01-04T20:26:40Z+1800s google-fit',
      'blood_glucose 99.0858 mg/dL 2024-01-04T22:00:00Z google-fit',
      'blood_pressure_systolic 118 mm[Hg] 2024-01-04T22:00:00Z google-fit',
      'blood_pressure_diastolic 76 mm[Hg] 2024-01-04T22:00:00Z google-fit',
    ])
    assert.deepEqual(skips, ['unknown-type com.google.heart_minutes 1'])
    const raw = await read(exports.GOOGLE_FIT_RAW_STEPS)
    assert.deepEqual([raw.lines, raw.skips], [[], ['sum-of-other-records com.google.step_count.delta 1']])
  })

  test('Fitbit: counters and heart rates are UTC, sleep is the person’s time, a beat without confidence is poor', async () => {
    assert.deepEqual((await read(exports.FITBIT_HEART)).lines, ['heart_rate 64 /min 2024-01-31T05:00:03Z fitbit poor'])
    const steps = await read(exports.FITBIT_STEPS, { name: 'Takeout/Fitbit/steps-2024-01-31.json' })
    assert.deepEqual(steps.lines, ['steps_count 12 {steps} 2024-01-31T05:00:00Z+60s fitbit'])
    assert.deepEqual((await read(exports.FITBIT_SLEEP)).lines, [
      'sleep_duration 390 min 2024-01-30T17:40:00Z+25200s fitbit z330',
      'sleep_efficiency 93 % 2024-01-30T17:40:00Z+25200s fitbit z330',
      'light_sleep 30 min 2024-01-30T17:40:00Z+1800s fitbit z330',
      'deep_sleep 15 min 2024-01-30T18:10:00Z+900s fitbit z330',
    ])
    assert.deepEqual((await read(exports.FITBIT_HRV)).lines, ['hrv_rmssd 41.5 ms 2024-01-30T18:30:00Z fitbit z330'])
  })

  test('Oura: days, nights, phases as segments, and series without their gaps', async () => {
    const { lines, skips } = await read(exports.OURA)
    assert.deepEqual(lines, [
      'activity_score 81 {score} 2024-01-04T18:30:00Z oura z330',
      'steps_count 8123 {steps} 2024-01-04T18:30:00Z+86400s oura z330',
      'active_calories 402 kcal 2024-01-04T18:30:00Z+86400s oura z330',
      'readiness_score 77 {score} 2024-01-04T18:30:00Z oura z330',
      'body_temperature_deviation -0.12 Cel 2024-01-04T18:30:00Z oura z330',
      'sleep_duration 20 min 2024-01-04T17:30:00Z+1320s oura z330',
      'sleep_efficiency 91 % 2024-01-04T17:30:00Z+1320s oura z330',
      'resting_heart_rate 52 /min 2024-01-04T17:52:00Z oura z330',
      'sleep_wake_time 5 min 2024-01-04T17:30:00Z+300s oura z330',
      'light_sleep 10 min 2024-01-04T17:35:00Z+600s oura z330',
      'deep_sleep 7 min 2024-01-04T17:45:00Z+420s oura z330',
      'hrv_rmssd 44 ms 2024-01-04T17:35:00Z oura z330',
    ])
    assert.deepEqual(skips, ['unknown-type ring_configuration 1'])
  })

  test('Withings: units from the titles, lists in raw tables, and commas in quotes', async () => {
    assert.deepEqual((await read(exports.WITHINGS_WEIGHT)).lines, [
      'body_weight 70.25 kg 2024-01-05T01:32:11Z withings z330',
      'bone_mass 3.1 kg 2024-01-05T01:32:11Z withings z330',
      'muscle_mass 52.4 kg 2024-01-05T01:32:11Z withings z330',
    ])
    assert.deepEqual((await read(exports.WITHINGS_PRESSURE)).lines, [
      'heart_rate 61 /min 2024-01-05T01:35:00Z withings z330',
      'blood_pressure_systolic 124 mm[Hg] 2024-01-05T01:35:00Z withings z330',
      'blood_pressure_diastolic 81 mm[Hg] 2024-01-05T01:35:00Z withings z330',
    ])
    assert.deepEqual((await read(exports.WITHINGS_RAW_STEPS, { name: 'raw_tracker_steps.csv' })).lines, [
      'steps_count 10 {steps} 2024-01-05T01:30:00Z+60s withings z330',
      'steps_count 25 {steps} 2024-01-05T01:31:00Z+60s withings z330',
    ])
  })

  test('Dexcom Clarity: Low and High stay bounds and become no values, also in UTF-16', async () => {
    const expected = [
      'continuous_glucose 104 mg/dL 2024-01-05T02:30:00Z dexcom z330',
      'continuous_glucose 39 mg/dL 2024-01-05T02:35:00Z dexcom below z330',
      'continuous_glucose 401 mg/dL 2024-01-05T02:40:00Z dexcom above z330',
      'insulin_event 2.5 [iU] 2024-01-05T02:45:00Z dexcom z330',
      'insulin_basal 12 [iU] 2024-01-05T02:45:00Z dexcom z330',
      'carb_event 45 g 2024-01-05T02:46:00Z dexcom z330',
      'glucose_calibration 110 mg/dL 2024-01-05T02:48:00Z dexcom z330',
    ]
    const { lines, skips } = await read(exports.CLARITY)
    assert.deepEqual(lines, expected)
    assert.deepEqual(skips, ['not-a-measurement row without a time 1', 'not-a-measurement Exercise 1'])
    assert.deepEqual((await read(Buffer.from(exports.CLARITY, 'utf16le'))).lines, expected)
  })

  test('LibreView: one date after the twelfth tells the order of all; LO and HI stay bounds', async () => {
    const { lines, skips } = await read(exports.LIBRE_MMOL)
    assert.deepEqual(lines, [
      'continuous_glucose 100.8874 mg/dL 2024-02-05T02:30:00Z libreview z330',
      'continuous_glucose 39 mg/dL 2024-02-05T02:33:00Z libreview below z330',
      'continuous_glucose 401 mg/dL 2024-02-05T02:34:00Z libreview above z330',
      'insulin_event 3.5 [iU] 2024-02-05T02:35:00Z libreview z330',
      'insulin_basal 14 [iU] 2024-02-05T02:35:00Z libreview z330',
      'carb_event 40 g 2024-02-05T02:36:00Z libreview z330',
      'blood_glucose 109.8952 mg/dL 2024-02-13T02:30:00Z libreview z330',
      'ketones 0.3 mmol/L 2024-02-13T02:30:00Z libreview z330',
    ])
    assert.deepEqual(skips, ['told-in-words row 1'])
  })

  test('LibreView: where every date allows both orders, nothing is taken until the person says which', async () => {
    const asked = await read(exports.LIBRE_AMBIGUOUS)
    assert.deepEqual([asked.lines, asked.entry?.fault], [[], 'date-order-unknown'])
    for (const [dateOrder, day] of [
      ['day-first', '2024-02-05'],
      ['month-first', '2024-05-02'],
    ] as const) {
      const { lines } = await read(exports.LIBRE_AMBIGUOUS, { answers: { dateOrder } })
      assert.equal(lines[0], `continuous_glucose 101 mg/dL ${day}T14:30:00Z libreview z330`)
    }
  })

  test('Nightscout: error codes of the sensor are no glucose, and what was taken back is left out', async () => {
    const entries = await read(exports.NIGHTSCOUT_ENTRIES)
    assert.deepEqual(entries.lines, [
      'continuous_glucose 120 mg/dL 2024-01-04T20:26:40Z nightscout z330',
      'continuous_glucose 39 mg/dL 2024-01-04T20:31:40Z nightscout below z330',
      'blood_glucose 118 mg/dL 2024-01-04T20:31:40Z nightscout',
    ])
    assert.deepEqual(entries.skips, ['not-a-measurement sgv 1', 'not-a-measurement cal 1'])
    const treatments = await read(exports.NIGHTSCOUT_TREATMENTS)
    assert.deepEqual(treatments.lines, [
      'insulin_event 3.2 [iU] 2024-01-05T07:30:00Z nightscout',
      'carb_event 45 g 2024-01-05T07:30:00Z nightscout',
      'blood_glucose 109.8952 mg/dL 2024-01-05T07:35:00Z nightscout',
    ])
    assert.deepEqual(treatments.skips, ['withdrawn-by-source document 1', 'not-a-measurement treatment 1'])
    const molar = await read(
      '[{"type":"mbg","mbg":15.2,"units":"mmol","date":1704400000000},{"type":"mbg","mbg":25,"date":1704400000000}]',
    )
    assert.deepEqual(molar.lines, ['blood_glucose 273.8371 mg/dL 2024-01-04T20:26:40Z nightscout'])
    assert.deepEqual(molar.skips, ['unknown-unit mbg 1'])
  })

  test('tracks: what was measured is taken, where it was is not, and the report says so', async () => {
    const { lines, skips } = await read(exports.GPX)
    assert.deepEqual(skips, ['not-a-measurement position 2'])
    assert.deepEqual(lines, [
      'altitude 920.4 m 2024-01-05T02:30:00Z garmin',
      'heart_rate 131 /min 2024-01-05T02:30:00Z garmin',
      'cycling_cadence 84 /min 2024-01-05T02:30:00Z garmin',
      'altitude 921 m 2024-01-05T02:31:00Z garmin',
      'exercise_duration 1 min 2024-01-05T02:30:00Z+60s garmin',
    ])
    assert.deepEqual((await read(exports.TCX)).lines, [
      'heart_rate 120 /min 2024-01-05T02:30:00Z tcx',
      'cycling_power 180 W 2024-01-05T02:30:00Z tcx',
      'exercise_duration 10 min 2024-01-05T02:30:00Z+600s tcx',
      'distance_cycling 4000 m 2024-01-05T02:30:00Z+600s tcx',
      'active_calories 120 kcal 2024-01-05T02:30:00Z+600s tcx',
    ])
  })

  test('FIT: compressed times, developer fields, missing values, beats and big-endian sessions', async () => {
    assert.deepEqual((await read(FIT_ACTIVITY, { pieceBytes: 5 })).lines, [
      'heart_rate 120 /min 2024-01-05T02:30:00Z garmin',
      'altitude 920 m 2024-01-05T02:30:00Z garmin',
      'heart_rate 122 /min 2024-01-05T02:30:03Z garmin',
      'rr_interval 500 ms 2024-01-05T02:30:09Z garmin',
      'rr_interval 510 ms 2024-01-05T02:30:09.500Z garmin',
      'exercise_duration 30 min 2024-01-05T02:30:00Z+1800s garmin',
      'distance_walked 5123 m 2024-01-05T02:30:00Z+1800s garmin',
      'active_calories 310 kcal 2024-01-05T02:30:00Z+1800s garmin',
    ])
  })

  test('Health Connect: the database of its export is read as it comes, alone and in its archive', async () => {
    const expected = [
      'steps_count 640 {steps} 2024-01-05T02:30:00Z+600s fitbit z330',
      'body_weight 70.25 kg 2024-01-05T02:30:00Z org-example-scale z330',
      'heart_rate 61 /min 2024-01-05T02:30:01Z fitbit z330',
      'heart_rate 63 /min 2024-01-05T02:31:01Z fitbit z330',
      'deep_sleep 30 min 2024-01-04T20:26:40Z+1800s health-connect',
      'speed 2.5 m/s 2024-01-05T02:30:05Z org-example-scale z330',
    ]
    const { lines, skips, entry } = await read(healthConnectDatabase(), { pieceBytes: 1000 })
    assert.deepEqual(lines, expected)
    assert.deepEqual(skips, [
      'not-a-number body_weight 1',
      'unknown-type sleep stage 1',
      'unknown-unit active_calories_burned_record_table 1',
    ])
    assert.equal(entry?.format, 'health-connect')
    const zip = zipOf([{ name: 'health_connect_export.db', content: healthConnectDatabase() }])
    assert.deepEqual((await read(zip)).lines, expected)
    const broken = healthConnectDatabase().map((byte, index) => (index > 4096 ? byte ^ 0x5a : byte))
    assert.deepEqual((await read(broken)).entry?.outcome, 'refused')
    const another = await read(databaseOf('create table notes (text)'))
    assert.deepEqual([another.entry?.format, another.entry?.fault], [undefined, 'entry-not-recognised'])
  })

  test('any table is read by the columns that the person named', async () => {
    const mapping = {
      time: ['Datum', 'Uhrzeit'],
      values: [
        { column: 'Puls (bpm)', metric: 'heart_rate', unit: 'bpm' },
        { column: 'Gewicht (kg)', metric: 'body_weight', unit: 'kg' },
      ],
      source: 'diary',
    }
    const { lines, skips } = await read(exports.ANY_TABLE, { zone: 'Europe/Berlin', answers: { mapping } })
    assert.deepEqual(lines, [
      'heart_rate 62 /min 2024-01-31T06:15:00Z diary z60',
      'body_weight 70.4 kg 2024-01-31T06:15:00Z diary z60',
      'body_weight 70.1 kg 2024-02-01T06:20:00Z diary z60',
    ])
    assert.deepEqual(skips, ['not-a-number heart_rate 1'])
    assert.equal((await read(exports.ANY_TABLE)).entry?.fault, 'mapping-needed')
  })

  test('LibreView and Clarity are read by the places of their columns in other languages', async () => {
    const libre =
      'Glukose-Werte,Erstellt am,31-03-2026 10:00 UTC,Erstellt von,Ana\nGerät,Seriennummer,Gerätezeitstempel,Aufzeichnungstyp,' +
      'Glukosewert-Verlauf mmol/L,Glukose-Scan mmol/L,A,Schnellwirkendes Insulin (Einheiten),B,Kohlenhydrate (Gramm),C,D,' +
      'Depotinsulin (Einheiten),Notizen,Glukose-Teststreifen mmol/L,Keton mmol/L\n' +
      'FreeStyle LibreLink,abc,31-03-2026 08:05,0,"5,6",,,,,,,,,,,\nFreeStyle LibreLink,abc,31-03-2026 08:25,4,,,,6,,,,,,,,\n'
    assert.deepEqual((await read(libre)).lines, [
      'continuous_glucose 100.8874 mg/dL 2026-03-31T02:35:00Z libreview z330',
      'insulin_event 6 [iU] 2026-03-31T02:55:00Z libreview z330',
    ])
    const clarity =
      'Index;Zeitstempel (JJJJ-MM-TTThh:mm:ss);Ereignistyp;Ereignisuntertyp;Patienteninfo;Geräteinfo;Quellgeräte-ID;' +
      'Glukosewert (mmol/l);Insulinwert (IE);Kohlenhydratwert (Gramm)\n1;;Vorname;;Ana;;;;;\n' +
      '10;2026-03-31T08:00:00;EGV;;;;iOS;5,8;;\n11;2026-03-31T08:05:00;EGV;;;;iOS;Niedrig;;\n'
    assert.deepEqual((await read(clarity)).lines, [
      'continuous_glucose 104.4905 mg/dL 2026-03-31T02:30:00Z dexcom z330',
      'continuous_glucose 39 mg/dL 2026-03-31T02:35:00Z dexcom below z330',
    ])
  })

  test('the heart rates of a newer Fitbit archive are instants in UTC, and its resting ones are days of the person', async () => {
    const rows = 'timestamp,beats per minute,data source\n2026-03-31T00:00:02Z,58,Pixel Watch\n'
    const folder = 'Takeout/Fitbit/Physical Activity_GoogleData'
    assert.deepEqual((await read(rows, { name: `${folder}/heart_rate_2026-03-31.csv` })).lines, [
      'heart_rate 58 /min 2026-03-31T00:00:02Z fitbit',
    ])
    const resting = await read(rows, { name: `${folder}/daily_resting_heart_rate.csv`, zone: 'America/New_York' })
    assert.deepEqual(resting.lines, ['resting_heart_rate 58 /min 2026-03-31T04:00:00Z fitbit z-240'])
  })

  test('thousands are read as thousands: by the decimals of the table, and by what has none; else nobody guesses', async () => {
    const values = [
      { column: 'Steps', metric: 'steps_count', unit: '{steps}' },
      { column: 'Energy', metric: 'calories_burned', unit: 'kcal' },
    ]
    const answers = { mapping: { time: ['Date'], values, source: 'diary' } }
    const valuesOf = async (rows: string) => {
      const { lines, skips } = await read(`Date;Steps;Energy\n${rows}\n`, { answers })
      return [...lines.map((line) => Number(line.split(' ')[1])), ...skips]
    }
    assert.deepEqual(
      await valuesOf('2026-03-01;"10,532";"2,345.5"\n2026-03-02;"9,001";"2,345"'),
      [10_532, 2345.5, 9001, 2345],
    )
    assert.deepEqual(await valuesOf('2026-03-01;10.532;2.345,5\n2026-03-02;9.001;2.345'), [10_532, 2345.5, 9001, 2345])
    assert.deepEqual(await valuesOf('2026-03-01;812;2,345'), [812, 'not-a-number calories_burned 1'])
  })

  test('the same file gives the same samples however its bytes come, also packed with gzip', async () => {
    const whole = await read(APPLE_EXPORT, { pieceBytes: 1e6 })
    for (const pieceBytes of [1, 7, 4096])
      assert.deepEqual((await read(APPLE_EXPORT, { pieceBytes })).samples, whole.samples)
    assert.deepEqual((await read(gzipSync(APPLE_EXPORT))).samples, whole.samples)
  })
})
