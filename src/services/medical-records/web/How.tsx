import type { OutputOf } from '../../../kernel/contract.ts'
import { apart, listed, measured, number } from '../../../web/format.ts'
import type { medicalRecords } from '../contract.ts'
import { convertedText, inOwnUnit, rangeOfLab, unitWord } from './courses.ts'
import { Facts } from './Facts.tsx'
import { labsTexts } from './labTexts.ts'
import { partOfDay } from './timeline.ts'

type Context = OutputOf<(typeof medicalRecords)['operations']['labContext']>
type Fact = readonly [term: string, text: string | null]

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
        <p class="soft">{note}</p>
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
    [t.theRange, range === null ? reason : apart(`${rangeOfLab(result)} ${unit}`)],
    [t.source, range === null ? null : `${range.source.citation} (${t.sourceKinds[range.source.kind]})`],
    [
      t.criticalLimits,
      critical === null
        ? null
        : `${t.criticalText(end(limits?.low ?? null), end(limits?.high ?? null))}. ${critical.source.citation} (${t.sourceKinds[critical.source.kind]})`,
    ],
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
  return [[t.change, `${words}; ${said}${delta.source === null ? '' : ` (${delta.source})`}`]]
}

function again({ retest }: Context): Fact[] {
  if (retest === null) return []
  const due = retest.due_on === null ? '' : labsTexts().due(partOfDay(retest.due_on))
  return [[labsTexts().retestOne, [due, retest.reason].filter(Boolean).join('. ')]]
}

function Kidneys({ egfr }: { readonly egfr: NonNullable<Context['egfr']> }) {
  const t = labsTexts()
  const inputs = Object.entries(egfr.inputs).map(([name, value]) => `${plain(name)} ${value}`)
  return (
    <section class="card">
      <h2>{t.egfr}</h2>
      {egfr.value === null ? (
        <p class="notice">
          {egfr.missing.length > 0 ? `${t.missing}: ${listed(egfr.missing.map(plain))}.` : egfr.reason}
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
            [t.formula, `${egfr.formula.id} ${egfr.formula.version}`],
            [t.inputs, listed(inputs)],
            [t.missing, listed(egfr.missing.map(plain))],
            [t.limits, egfr.limits.join(' ')],
            [t.source, egfr.citations.join(' ')],
          ]}
        />
      </details>
    </section>
  )
}

const plain = (name: string) => name.replaceAll('_', ' ')
