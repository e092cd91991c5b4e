import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { allMetrics } from '../../shared/metrics.ts'
import { arabicDesk } from './arabic/desk.ts'
import { arabicMore } from './arabic/more.ts'
import { arabicPapers } from './arabic/papers.ts'
import { arabic } from './arabic.ts'
import { english } from './english.ts'
import { hindiDesk } from './hindi/desk.ts'
import { hindiMore } from './hindi/more.ts'
import { hindiPapers } from './hindi/papers.ts'
import { hindi } from './hindi.ts'
import { malayDesk } from './malay/desk.ts'
import { malayMore } from './malay/more.ts'
import { malayPapers } from './malay/papers.ts'
import { malay } from './malay.ts'

const SOURCES = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..')
const LANGUAGES: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  hindi: { ...hindi, ...hindiMore, ...hindiPapers, ...hindiDesk },
  arabic: { ...arabic, ...arabicMore, ...arabicPapers, ...arabicDesk },
  malay: { ...malay, ...malayMore, ...malayPapers, ...malayDesk },
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

describe('the texts of the client', () => {
  for (const [language, spoken] of Object.entries(LANGUAGES)) {
    test(`${language} says everything that English says, and nothing else`, async () => {
      const areas = await areasOfClient()
      assert.deepEqual(Object.keys(spoken).sort(), [...areas.keys()].sort())
      for (const [area, texts] of areas) {
        if (area === 'words') continue
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
      assert.deepEqual(Object.keys(problems), Object.keys(hindi.words.problems))
    })
  }
})
