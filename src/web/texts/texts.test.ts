import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { nameOf } from '../../services/device-data/web/words.ts'
import { addDays } from '../../shared/dates.ts'
import { allMetrics } from '../../shared/metrics.ts'
import { arabicDesk } from './arabic/desk.ts'
import { arabicLate } from './arabic/late.ts'
import { arabicMeasures } from './arabic/measures.ts'
import { arabicMore } from './arabic/more.ts'
import { arabicPapers } from './arabic/papers.ts'
import { arabic } from './arabic.ts'
import { speakAlso } from './catalogue.ts'
import { english } from './english.ts'
import { hindiDesk } from './hindi/desk.ts'
import { hindiLate } from './hindi/late.ts'
import { hindiMeasures } from './hindi/measures.ts'
import { hindiMore } from './hindi/more.ts'
import { hindiPapers } from './hindi/papers.ts'
import { hindi } from './hindi.ts'
import { malayDesk } from './malay/desk.ts'
import { malayLate } from './malay/late.ts'
import { malayMeasures } from './malay/measures.ts'
import { malayMore } from './malay/more.ts'
import { malayPapers } from './malay/papers.ts'
import { malay } from './malay.ts'
import { faultSaid, metricName, saidByServer, wholeName } from './serverWords.ts'

const SOURCES = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..')
const LANGUAGES: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  hindi: { ...hindi, ...hindiMore, ...hindiPapers, ...hindiDesk, late: hindiLate, measures: hindiMeasures },
  arabic: { ...arabic, ...arabicMore, ...arabicPapers, ...arabicDesk, late: arabicLate, measures: arabicMeasures },
  malay: { ...malay, ...malayMore, ...malayPapers, ...malayDesk, late: malayLate, measures: malayMeasures },
}

type Leaf = string | ((...args: never[]) => string)

/** Every area of the client with its English: what `areaTexts('name', english)` names, and the frame. */
async function areasOfClient(): Promise<Map<string, object>> {
  const areas = new Map<string, object>([['frame', english]])
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /web\/.*(?<!\.test)\.ts$/.test(file),
  )
  for (const file of files) {
    const found = /areaTexts\('(\w+)', (\w+)\)/.exec(readFileSync(path.join(SOURCES, file), 'utf8'))
    const [, area = '', name = ''] = found ?? []
    if (area === '') continue
    const module = (await import(pathToFileURL(path.join(SOURCES, file)).href)) as Record<string, object>
    const texts = module[name]
    assert.ok(texts !== undefined, `${file} exports ${name}`)
    areas.set(area, texts)
  }
  return areas
}

/** Each text under its path: `goals.kinds.target`. */
function leavesOf(texts: object, at = ''): Map<string, Leaf> {
  return new Map(
    Object.entries(texts).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? [...leavesOf(value, `${at}${name}.`)]
        : [[`${at}${name}`, value as Leaf] as const],
    ),
  )
}

/** What a text says when each of its placeholders is given a sample; numbers stay numbers where they are counted. */
function said(text: Leaf, samples: readonly (string | number)[]): string {
  return typeof text === 'string' ? text : text(...(samples as never[]))
}

/** Asked with digits only, in a string. */
const ONLY_DIGITS = ['evidence.basisText', 'inDays']
/** Asked with words only, whose case they change. */
const ONLY_WORDS = ['goals.defaultTitle']
/** A code that a greeting is chosen by; each language says it in its own word. */
const PART_OF_DAY = 'evening'
/** A word and numbers of each plural form: Arabic says one and two without digits, so samples begin at three. */
const SAMPLES: readonly (readonly (string | number)[])[] = [
  [PART_OF_DAY, 'Beta', 'Gamma', 'Delta', 'Epsilon'],
  [37, 41, 43, 47, 53],
  [3, 5, 7, 9, 4],
  [100, 200, 300, 400, 500],
]

/** What the frame and services say of refused fields, with what must still be there in another language. */
const SERVER_SENTENCES: readonly (readonly [english: string, kept: readonly string[]])[] = [
  ['Is required', []],
  ['must be one of the allowed values', []],
  ['Must be >= 20', ['20']],
  ['must be <= 1.5', ['1.5']],
  ['must not have more than 200 characters', ['200']],
  ['must not have fewer than 8 characters', ['8']],
  ['must match format "date"', []],
  ['must be 50 to 300 cm; less only for a child whose date_of_birth is known', ['50', '300 cm']],
  ['must be 1 to 10', ['1', '10']],
  ['is not a date and time that exists', []],
  ['lies in the future', []],
  ['may lie at most 90 days ahead', ['90']],
  ['Weight is never above 700 kg', ['700 kg']],
  ['Blood glucose (meter) is rarely below 54 mg/dL', ['54 mg/dL']],
  ['must be lower than the systolic', []],
  ['is not possible for Potassium in this unit', []],
  ['That unit is not known; use kg, lbs', ['kg, lbs']],
  ['must contain a digit', []],
  ['must have at least 8 characters', ['8']],
  ['is outside what is possible: 0.3 to 650 kg', ['0.3–650 kg']],
  ['not enough data: 14 days are needed, there are 3', ['14', '3']],
]

interface Named {
  readonly code: string
  readonly label: string
}

interface FigureText {
  readonly name: string
  readonly needs: string
  readonly limits: string
}

async function figuresOfSensors(): Promise<FigureText[]> {
  const file = path.join(SOURCES, 'services/device-data/domain/analytics/definitions.ts')
  const groups = (await import(pathToFileURL(file).href)) as Record<string, Record<string, FigureText>>
  return Object.values(groups).flatMap((group) => Object.values(group))
}

/** How trends and results are known, as the domains of two services say it. */
async function sentencesOfResults(): Promise<string[]> {
  const load = (file: string) => import(pathToFileURL(path.join(SOURCES, 'services', file)).href)
  const [{ trendOf, baselineOf }, { egfrCkdEpi2021 }, { rangeFor }, { OURS }] = await Promise.all([
    load('health-tracking/domain/trends.ts'),
    load('medical-records/domain/labs/egfr.ts'),
    load('medical-records/domain/analytes/ranges.ts'),
    load('medical-records/domain/analytes/sources.ts'),
  ])
  const period = { firstDay: '2026-01-01', lastDay: '2026-03-01', zone: 'UTC' }
  const days = Array.from({ length: 40 }, (_none, index) => ({ day: addDays('2026-01-01', index), value: 1, n: 1 }))
  return [
    ...['weight', 'steps'].map((metric) => trendOf(metric, days, period).basis.method),
    trendOf('steps', days.slice(0, 9), period).basis.method,
    baselineOf('weight', days.slice(0, 2), period).reason,
    ...egfrCkdEpi2021({}).limits,
    egfrCkdEpi2021({ creatinineMgDl: 1, ageYears: 12, sex: 'male' }).reason,
    egfrCkdEpi2021({ creatinineMgDl: 1, ageYears: 30, sex: 'male', isPregnant: true }).reason,
    rangeFor({ ranges: [] }, {}).reason,
    OURS.citation,
    ...allMetrics().flatMap(({ reference }) => reference?.citation.match(/^.*(?=[:,] clinical reference)/) ?? []),
  ]
}

describe('the texts of the client', () => {
  for (const [language, spoken] of Object.entries(LANGUAGES)) {
    test(`${language} says everything that English says, and nothing else`, async () => {
      const areas = await areasOfClient()
      assert.deepEqual(Object.keys(spoken).sort(), [...areas.keys()].sort())
      for (const [area, texts] of areas) {
        if (['words', 'late', 'measures'].includes(area)) continue
        const wanted = [...leavesOf(texts).keys()]
        const there = [...leavesOf(spoken[area] ?? {}).keys()]
        assert.deepEqual(
          wanted.filter((key) => !there.includes(key)),
          [],
          `${area}: missing`,
        )
        assert.deepEqual(
          there.filter((key) => !wanted.includes(key)),
          [],
          `${area}: nobody shows`,
        )
      }
    })

    test(`${language} loses no placeholder, and leaves nothing empty`, async () => {
      for (const [area, texts] of await areasOfClient()) {
        const translated = leavesOf(spoken[area] ?? {})
        for (const [key, text] of leavesOf(texts)) {
          const other = translated.get(key)
          if (other === undefined) continue
          assert.equal(typeof other, typeof text, `${area}.${key}`)
          assert.notEqual(said(other, SAMPLES[0] ?? []).trim(), '', `${area}.${key}`)
          if (typeof text !== 'function' || ONLY_WORDS.includes(key)) continue
          assert.ok(other.length <= text.length, `${area}.${key} asks for more than it is given`)
          for (const given of SAMPLES.slice(ONLY_DIGITS.includes(key) ? 1 : 0)) {
            const samples = key === 'today.greeting' ? [PART_OF_DAY, ...given.slice(1)] : given
            const kept: (string | number)[] = samples.filter(
              (sample) => sample !== PART_OF_DAY && said(text, samples).includes(String(sample)),
            )
            const lost: (string | number)[] = kept.filter(
              (sample) => !said(other, samples).toLowerCase().includes(String(sample).toLowerCase()),
            )
            assert.deepEqual(lost, [], `${area}.${key}: ${said(other, samples)}`)
          }
        }
      }
    })

    test(`${language} names every metric, and says the same codes as the others`, () => {
      const { metrics, codes, problems } = spoken.words as typeof hindi.words
      assert.deepEqual(
        Object.keys(metrics).sort(),
        allMetrics()
          .map((one) => one.type)
          .sort(),
      )
      assert.deepEqual(Object.keys(codes), Object.keys(hindi.words.codes))
      // Which of the two measured is said by its word, never by the other's.
      const glucose = { metric_type: 'blood_glucose', label: '' }
      speakAlso({ words: spoken.words ?? {} })
      assert.equal(metricName({ ...glucose, device_type: 'continuous_glucose' }), codes['continuous-glucose'])
      assert.equal(metricName({ ...glucose, device_type: 'blood_glucose' }), metrics.blood_glucose)
      assert.notEqual(codes['continuous-glucose'], metrics.blood_glucose)
      assert.equal(wholeName(glucose), codes['blood-glucose'])
      assert.deepEqual(Object.keys(problems), Object.keys(hindi.words.problems))
    })

    test(`${language} names everything that devices measure`, async () => {
      speakAlso({ words: spoken.words ?? {}, measures: spoken.measures ?? {} })
      const file = path.join(SOURCES, 'services/device-data/domain/vocabulary.ts')
      const { METRICS } = (await import(pathToFileURL(file).href)) as { METRICS: readonly Named[] }
      assert.deepEqual(
        METRICS.filter((one) => nameOf(one) === one.label && one.label !== 'HbA1c').map(({ code }) => code),
        [],
      )
      assert.deepEqual(
        Object.keys(spoken.measures ?? {}).filter((code) => !METRICS.some((one) => one.code === code)),
        [],
        'nobody measures',
      )
    })

    test(`${language} says why a field is refused, and how the figures of sensors are known`, async () => {
      assert.deepEqual(Object.keys(spoken.late ?? {}), Object.keys(hindiLate))
      for (const [form, said] of Object.entries(spoken.late as typeof hindiLate)) {
        const asked = [...form.matchAll(/(?<!\\)\((?!\?)/g)].length
        const told = new Set(said.match(/\$\d/g) ?? []).size
        assert.equal(told, asked, form)
      }
      speakAlso({ words: spoken.words ?? {}, late: spoken.late ?? {} })
      for (const [english, kept] of SERVER_SENTENCES) {
        const own = faultSaid(english)
        assert.equal(own.english, undefined, english)
        assert.notEqual(own.text, english)
        for (const one of kept) assert.ok(own.text.includes(one), `${english}: ${own.text}`)
      }
      for (const one of await figuresOfSensors()) {
        // Abbreviations are the same in every language; time in range is drawn in its own words.
        const names = /^(SDNN|RMSSD|pNN50|Time in range.*)$/.test(one.name) ? [] : [one.name]
        for (const text of [...names, one.needs, one.limits]) assert.notEqual(saidByServer(text).children, text)
      }
      for (const text of await sentencesOfResults()) assert.notEqual(saidByServer(text).children, text)
      assert.equal(faultSaid('something nobody has said yet').english, 'something nobody has said yet')
    })
  }
})
