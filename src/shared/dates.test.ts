import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addDays,
  ageInYears,
  checkDay,
  checkInstant,
  daysBetween,
  formatDate,
  isTimeZone,
  localDay,
  localDayBounds,
  localInstant,
  parseDate,
  parseInstant,
  wallClock,
  zoneOffsetMinutes,
} from './dates.ts'

const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'Europe/Rome',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Pacific/Apia',
  'Australia/Lord_Howe',
]
const HOUR_MS = 3_600_000

for (const text of ['2024-02-29', '2000-02-29', '1900-01-01', '2026-12-31', '0001-01-01'])
  test(`${text} is a date`, () => equal(formatDate(parseDate(text) as NonNullable<ReturnType<typeof parseDate>>), text))

for (const text of [
  '2023-02-29',
  '1900-02-29',
  '2026-13-01',
  '2026-04-31',
  '2026-00-10',
  '0000-01-01',
  '2026-1-1',
  '26-01-01',
  '2026-01-01 ',
  '2026-01-01T00:00Z',
  '',
])
  test(`"${text}" is no date`, () => equal(parseDate(text), undefined))

const INSTANTS: readonly (readonly [string, string])[] = [
  ['2026-01-15T10:30:00Z', '2026-01-15T10:30:00.000Z'],
  ['2026-01-15T10:30Z', '2026-01-15T10:30:00.000Z'],
  ['2026-01-15 10:30:00.5+05:30', '2026-01-15T05:00:00.500Z'],
  ['2026-01-15T10:30:00.123456-0800', '2026-01-15T18:30:00.123Z'],
  ['2026-01-15t23:59:59+14', '2026-01-15T09:59:59.000Z'],
  ['2024-02-29T00:00:00-00:30', '2024-02-29T00:30:00.000Z'],
]
for (const [text, expected] of INSTANTS)
  test(`${text} is an instant`, () => equal(parseInstant(text)?.toISOString(), expected))

const NO_INSTANTS = [
  '2026-02-30T10:00:00Z',
  '2026-01-15T24:00:00Z',
  '2026-01-15T10:60:00Z',
  '2026-01-15T10:00:60Z',
  '2026-01-15T10:00:00+15:00',
  '2026-01-15T10Z',
  '2026-01-15',
  'Thu Jan 15 2026',
  '1768473000',
  '2026-01-15T10:00:00+05:75',
  '',
]
for (const text of NO_INSTANTS) test(`"${text}" is no instant`, () => equal(parseInstant(text), undefined))

test('a time without a zone is UTC only where that was asked for, and so is a bare date', () => {
  equal(parseInstant('2026-01-15T10:30:00'), undefined)
  equal(parseInstant('2026-01-15T10:30:00', { naive: 'utc' })?.toISOString(), '2026-01-15T10:30:00.000Z')
  equal(parseInstant('2026-01-15', { dateOnly: true })?.toISOString(), '2026-01-15T00:00:00.000Z')
  equal(parseInstant('2026-02-30', { dateOnly: true, naive: 'utc' }), undefined)
})

test('plausible: from 1900 to a few minutes ahead', () => {
  const now = new Date('2026-01-15T10:00:00Z')
  for (const [text, minutes, verdict] of [
    ['1899-12-31T23:59:59Z', 5, 'too-early'],
    ['1900-01-01T00:00:00Z', 5, 'ok'],
    ['2026-01-15T10:05:00Z', 5, 'ok'],
    ['2026-01-15T10:05:01Z', 5, 'in-the-future'],
    ['2026-01-15T10:00:01Z', 0, 'in-the-future'],
  ] as const)
    equal(checkInstant(new Date(text), now, minutes), verdict)
  equal(checkInstant(new Date(Number.NaN), now), 'too-early')
  deepEqual(
    ['1899-12-31', '1900-01-01', '2026-01-16'].map((day) => checkDay(day, '2026-01-15')),
    ['too-early', 'ok', 'in-the-future'],
  )
})

const AGES: readonly (readonly [string, string, number | undefined])[] = [
  ['1980-06-15', '2026-06-14', 45],
  ['1980-06-15', '2026-06-15', 46],
  ['2000-02-29', '2023-02-28', 22],
  ['2000-02-29', '2023-03-01', 23],
  ['2000-02-29', '2024-02-29', 24],
  ['2026-01-15', '2026-01-15', 0],
  ['2026-01-16', '2026-01-15', undefined],
  ['1980-02-30', '2026-01-15', undefined],
]
for (const [born, on, years] of AGES) test(`born ${born}, on ${on}: ${years}`, () => equal(ageInYears(born, on), years))

test('zones are IANA names known here', () => {
  for (const zone of [...ZONES, 'America/Argentina/Ushuaia', 'Etc/GMT+3', 'America/Port-au-Prince'])
    ok(isTimeZone(zone), zone)
  for (const zone of ['', 'Mars/Base', '+05:30', 'Asia', '../etc/passwd', ' UTC', 'UTC;']) ok(!isTimeZone(zone), zone)
  throws(() => localDay(new Date(0), 'Mars/Base'), RangeError)
})

test('the local day of an instant', () => {
  const instant = new Date('2026-01-15T20:00:00Z')
  deepEqual(
    ['UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Kiritimati'].map((zone) => localDay(instant, zone)),
    ['2026-01-15', '2026-01-16', '2026-01-15', '2026-01-16'],
  )
  deepEqual(wallClock(instant, 'Asia/Kolkata'), { day: '2026-01-16', hour: 1, minute: 30, second: 0 })
  equal(zoneOffsetMinutes(instant, 'Asia/Kolkata'), 330)
})

const DAYS: readonly (readonly [string, string, string, number])[] = [
  ['2026-01-15', 'Asia/Kolkata', '2026-01-14T18:30:00.000Z', 24],
  ['2026-03-29', 'Europe/Rome', '2026-03-28T23:00:00.000Z', 23],
  ['2026-10-25', 'Europe/Rome', '2026-10-24T22:00:00.000Z', 25],
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z', 23],
  ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z', 25],
  // Clocks go forward at midnight: the day begins at 01:00.
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', 23],
  ['2024-04-26', 'Africa/Cairo', '2024-04-25T22:00:00.000Z', 23],
  // Half an hour of daylight saving.
  ['2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00:00.000Z', 24.5],
  // The day Samoa left out when it moved across the date line.
  ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', 0],
]
for (const [day, zone, startsAt, hours] of DAYS) {
  test(`${day} in ${zone} has ${hours} hours`, () => {
    const bounds = localDayBounds(day, zone)
    equal(bounds.startsAt.toISOString(), startsAt)
    equal((bounds.endsAt.getTime() - bounds.startsAt.getTime()) / HOUR_MS, hours)
  })
}

test('a wall-clock time shown twice is its first moment, one never shown is the moment of the jump', () => {
  equal(localInstant('2026-10-25', 150, 'Europe/Rome').toISOString(), '2026-10-25T00:30:00.000Z')
  equal(localInstant('2026-03-29', 150, 'Europe/Rome').toISOString(), '2026-03-29T01:00:00.000Z')
  equal(localInstant('2026-06-01', 480, 'Asia/Kolkata').toISOString(), '2026-06-01T02:30:00.000Z')
  throws(() => localInstant('2026-02-30', 0, 'UTC'), RangeError)
  throws(() => localInstant('2026-02-01', 1440, 'UTC'), RangeError)
})

test('property: every instant lies in the bounds of its local day, and days follow without gap', () => {
  const instants = fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2035, 0, 1) }).map((ms) => new Date(ms))
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
      const day = localDay(instant, zone)
      const { startsAt, endsAt } = localDayBounds(day, zone)
      ok(startsAt <= instant && instant < endsAt)
      equal(localDay(startsAt, zone), day)
      equal(localDayBounds(addDays(day, 1), zone).startsAt.getTime(), endsAt.getTime())
    }),
    { numRuns: 400 },
  )
})

test('property: an ISO text is read back as the same instant, and days are counted back', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-01'), noInvalidDate: true }),
      fc.integer({ min: -400, max: 20 }),
      (date, count) => {
        equal(parseInstant(date.toISOString())?.getTime(), date.getTime())
        const day = date.toISOString().slice(0, 10)
        if (day > '0003') equal(daysBetween(day, addDays(day, count)), count)
      },
    ),
  )
})
