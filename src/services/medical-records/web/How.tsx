import type { OutputOf } from '../../../kernel/contract.ts'
import { apart, listed, measured, number } from '../../../web/format.ts'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import type { medicalRecords } from '../contract.ts'
import { convertedText, inOwnUnit, rangeOfLab, unitWord } from './courses.ts'
import { type Fact, Facts } from './Facts.tsx'
import { labsTexts } from './labTexts.ts'
import { partOfDay } from './timeline.ts'

type Context = OutputOf<(typeof medicalRecords)['operations']['labContext']>

/** What a result is judged by and from where that comes; of computed numbers the formula, what went in, and what is missing. */
export function How({ context }: { readonly context: Context }) {
  const t = labsTexts()
  const { egfr, note } = context
  return (
    <>
      {egfr !== null && <Kidneys egfr={egfr} />}
      <details class="card">
        <summary>{t.howJudged}</summary>
        <Facts facts={[...judgement(context), ...change(context), ...again(context)]} />
        <p class="soft" {...saidByServer(note)} />
      </details>
    </>
  )
}

function judgement({ result }: Context): Fact[] {
  const t = labsTexts()
  const { range, reason, critical, by } = result.judged_by
  const own = inOwnUnit(result)
  const unit = own === undefined ? (result.unit ?? '') : unitWord(own.unit)
  const limits = own === undefined ? critical : { low: own.critical_low, high: own.critical_high }
  const end = (value: number | null) =>
    value === null ? '–' : apart(`${(own === undefined ? measured : convertedText(own.unit))(value)} ${unit}`)
  return [
    [t.judgedBy, t.by[by]],
    [
      t.theRange,
      range === null
        ? reason === null
          ? null
          : saidByServer(reason).children
        : apart(`${rangeOfLab(result)} ${unit}`),
    ],
    ...(range === null ? [] : [cited(range.source)]),
    [t.criticalLimits, critical === null ? null : t.criticalText(end(limits?.low ?? null), end(limits?.high ?? null))],
    ...(critical === null ? [] : [cited(critical.source)]),
  ]
}

function change({ delta }: Context): Fact[] {
  const t = labsTexts()
  if (delta === null) return []
  const unit = unitWord(delta.unit)
  const sign = delta.change > 0 ? '+' : ''
  const said = delta.is_beyond_variation === null ? t.variationUnknown : delta.is_beyond_variation ? t.beyond : t.within
  const words = t.changeText(
    apart(`${sign}${number(delta.change, 2)} ${unit}`),
    delta.days_between,
    apart(`${number(delta.previous_value, 2)} ${unit}`),
  )
  return [[t.change, `${words}; ${said}${delta.source === null ? '' : ` (${saidByServer(delta.source).children})`}`]]
}

function again({ retest }: Context): Fact[] {
  if (retest === null) return []
  const due = retest.due_on === null ? '' : labsTexts().due(partOfDay(retest.due_on))
  return [[labsTexts().retestOne, [due, saidByServer(retest.reason ?? '').children].filter(Boolean).join('. ')]]
}

function Kidneys({ egfr }: { readonly egfr: NonNullable<Context['egfr']> }) {
  const t = labsTexts()
  const nameOf = (name: string) => t.facts[name] ?? name
  const inputs = Object.entries(egfr.inputs).map(
    ([name, value]) => `${nameOf(name)} ${typeof value === 'number' ? number(value, 2) : nameOf(value)}`,
  )
  const missing = listed(egfr.missing.map(nameOf))
  return (
    <section class="card">
      <h2>{t.egfr}</h2>
      {egfr.value === null ? (
        <p class="notice">
          {egfr.missing.length > 0 ? `${t.missing}: ${missing}.` : saidByServer(egfr.reason ?? '').children}
        </p>
      ) : (
        <p class="figure">
          <strong>{number(egfr.value, 0)}</strong> <bdi>{egfr.unit}</bdi>{' '}
          {egfr.band !== null && <span class="tag">{egfr.band}</span>}
        </p>
      )}
      <p class="soft">{t.egfrText}</p>
      <details>
        <summary>{t.how}</summary>
        <Facts
          facts={[
            [t.formula, `${nameOf(egfr.formula.id)} ${egfr.formula.version}`],
            [t.inputs, listed(inputs)],
            [t.missing, missing],
            [t.limits, egfr.limits.map((one) => saidByServer(one).children).join(' ')],
            [t.source, egfr.citations.join('; '), 'en'],
          ]}
        />
      </details>
    </section>
  )
}

interface Cited {
  readonly citation: string
  readonly kind: keyof ReturnType<typeof labsTexts>['sourceKinds']
}

/** Where a range comes from. Titles of papers stay as they are. */
function cited({ citation, kind }: Cited): Fact {
  const { children, lang } = saidByServer(citation)
  const t = labsTexts()
  const text = `${children} (${t.sourceKinds[kind]})`
  return lang === undefined ? [t.source, text] : [t.source, text, 'en']
}
