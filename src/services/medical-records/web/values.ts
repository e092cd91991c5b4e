import type { OutputOf } from '../../../kernel/contract.ts'
import { apart, measured } from '../../../web/format.ts'
import { codeWords } from '../../../web/texts/serverWords.ts'
import type { medicalRecords } from '../contract.ts'
import { recordsTexts } from './texts.ts'
import { partOfDay, statusWord } from './timeline.ts'

type Records = (typeof medicalRecords)['operations']
export type Value = OutputOf<Records['reviewDocument']>['values'][number]
export type Item = OutputOf<Records['getImport']>['items'][number]

/** A value in words: what it is, how much, the range beside it, and when. */
export interface Words {
  readonly name: string
  readonly text: string
  readonly range: string
  readonly date: string
}

const say = (value: unknown) => (typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '')
const isolated = (value: unknown) => apart(say(value))
const joined = (parts: readonly unknown[], by = ' ') => parts.map(say).filter(Boolean).join(by)

/** What was read, or what the person made of it. */
export function valueWords(value: Pick<Value, 'kind' | 'read' | 'confirmed'>): Words {
  const t = recordsTexts().review
  const content = value.confirmed ?? value.read
  const nothing = { range: '', date: '' }
  if (value.kind === 'lab') {
    const { test_name, comparator, value: number, value_text, unit, reference_text, observed_on, flag } = content
    return {
      name: say(test_name),
      text: joined([comparator, number ?? value_text, unit, flag]),
      range: rangeText(content.reference_low, content.reference_high) || isolated(reference_text),
      date: observed_on === null || observed_on === undefined ? '' : partOfDay(say(observed_on)),
    }
  }
  if (value.kind === 'medication') {
    const { name, dosage, frequency, duration, instructions } = content
    return { ...nothing, name: say(name), text: joined([dosage, frequency, duration, instructions], ' · ') }
  }
  if (value.kind === 'imaging_study') {
    const { name, modality, body_part, facility, observed_on } = content
    const date = observed_on === null ? '' : partOfDay(say(observed_on))
    return { name: say(name), text: joined([modality, body_part, facility], ' · '), range: '', date }
  }
  const name = value.kind === 'diagnosis' ? t.kinds.diagnosis : t.kinds.critical_info
  return { ...nothing, name, text: say(content.text ?? content.value) }
}

/** An entry of a clinic's file in words. */
export function itemWords({ kind, content }: Pick<Item, 'kind' | 'content'>): Words {
  const date = say(content.observed_at ?? content.started_on)
  const when = { date: partOfDay(date) }
  if (kind === 'lab') {
    return {
      name: say(content.test_name),
      text: joined([content.value, content.unit, content.flag]),
      range: isolated(content.range_text),
      ...when,
    }
  }
  const text = say(content.text) || recordsTexts().review.kinds[kind]
  return { name: say(content.display), text, range: say(content.code), ...when }
}

/** What was taken, and what its sender says now: the parts in which the two differ. */
export function bothWords({
  kind,
  content,
  change,
  was,
}: Item): { readonly had: string; readonly now: string } | undefined {
  if (change === null || was === null) return undefined
  const [before, after] = [partsOf(was), partsOf(content)]
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (one) => before.get(one) !== after.get(one),
  )
  const said = (parts: ReadonlyMap<string, string>) =>
    (differing.length === 0 ? [parts.get('text')] : differing.map((one) => parts.get(one))).filter(Boolean).join(' · ')
  const own = itemWords({ kind, content: was }).text
  if (change === 'withdrawn') return { had: own, now: recordsTexts().review.gone }
  return { had: said(before) || '–', now: said(after) || '–' }
}

/** What the parts of an entry say, by name. */
function partsOf(content: Item['content']): ReadonlyMap<string, string> {
  const { value, unit, flag, status, observed_at, started_on, ended_on, detail, ...others } = content
  const days = { observed_at, started_on, ended_on }
  return new Map([
    ['value', joined([value, unit, flag])],
    ['status', typeof status === 'string' ? codeWords(statusWord(status)) : ''],
    ...Object.entries(days).map(([name, one]) => [name, say(one) === '' ? '' : partOfDay(say(one))] as const),
    ...Object.entries({ ...others, ...(detail as object) }).map(
      ([name, one]) => [name, say(one).slice(0, 300)] as const,
    ),
  ])
}

/** `3.5–5.1`, `≤ 5`, `≥ 3`; empty for none. */
export function rangeText(low: unknown, high: unknown, written = measured): string {
  const [from, to] = [low, high].map((one) => (typeof one === 'number' ? written(one) : ''))
  if (from === '' && to === '') return ''
  if (from === '') return apart(`≤ ${to}`)
  return apart(to === '' ? `≥ ${from}` : `${from}–${to}`)
}
