import type { OutputOf } from '../../../kernel/contract.ts'
import { listed, measured, number, shortDay } from '../../../web/format.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import { personUnit } from '../../../web/units.ts'
import type { deviceData } from '../contract.ts'
import { devicesTexts } from './texts.ts'
import { named, sentence, sourceLabel, unitWord } from './words.ts'

type Analysis = OutputOf<(typeof deviceData)['operations']['hrvAnalytics']>
export type Figure = Analysis['figures'][number]

/** Computed figures side by side, each with how it is known; those without enough data are told together, with what they need. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  const t = devicesTexts().figures
  const known = figures.filter((one) => one.value !== null)
  const lacking = new Map<string, Figure[]>()
  for (const one of figures) if (one.value === null) lacking.set(one.needs, [...(lacking.get(one.needs) ?? []), one])
  return (
    <>
      {known.length > 0 && (
        <ul class="figures">
          {known.map((one) => (
            <li key={one.name}>
              <p class="soft">
                <bdi {...saidByServer(one.name)} />
              </p>
              <p class="figure">
                <Value figure={one} />
              </p>
              <How figures={[one]} />
            </li>
          ))}
        </ul>
      )}
      {[...lacking].map(([needs, ones]) => (
        <div key={needs}>
          <p>
            <span class="tag">{t.notEnough}</span> {namesOf(ones)}
          </p>
          <p>
            <small class="soft">
              {t.needs}: <bdi {...saidByServer(needs)} />
            </small>
          </p>
          <How figures={ones} />
        </div>
      ))}
    </>
  )
}

function namesOf(figures: readonly Figure[]): string {
  return listed(figures.map((one) => saidByServer(one.name).children))
}

/** Glucose, and the HbA1c that is estimated from it, in the person's unit. */
function Value({ figure: { value, unit, formula } }: { readonly figure: Figure }) {
  const own = personUnit(unit, /^gmi/.test(formula) ? 'a1c' : 'glucose')
  // A spread is a difference, though a unit with an offset has none here.
  return (
    <bdi>
      <strong>{number(own.of(value ?? 0))}</strong> <span class="soft">{unitWord(own.unit)}</span>
    </bdi>
  )
}

function How({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <details>
      <summary>
        {recordTexts().evidence.how} <span class="unseen">{namesOf(figures)}</span>
      </summary>
      {figures.map((one) => (
        <div key={one.name}>
          {figures.length > 1 && <h3 {...saidByServer(one.name)} />}
          <dl>
            {linesOf(one).map(([term, text]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd dir="auto" {...saidByServer(text)} />
              </div>
            ))}
          </dl>
        </div>
      ))}
    </details>
  )
}

function linesOf(figure: Figure): (readonly [term: string, text: string])[] {
  const t = devicesTexts().figures
  const inputs = Object.entries(figure.inputs)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) =>
        `${saidByServer(named({}, name)).children}: ${typeof value === 'number' ? measured(value) : String(value)}`,
    )
  return [
    [t.from, listed(inputs)],
    [t.needs, figure.needs],
    [t.formula, figure.formula],
    [t.citation, figure.citation],
    [t.limits, figure.limits],
  ]
}

type Basis = Pick<Analysis, 'period_from' | 'period_to' | 'source_name' | 'is_simulated' | 'enough' | 'reason'>

/** Where an analysis looked; and the sentence that there was too little, where that is so. */
export function BasisLine({ basis }: { readonly basis: Basis }) {
  const t = devicesTexts()
  return (
    <>
      <p class="soft">
        {t.figures.period(shortDay(basis.period_from), shortDay(basis.period_to))}
        {basis.source_name !== null && ` · ${t.figures.source(sourceLabel(basis.source_name))}`}{' '}
        {basis.is_simulated && <span class="tag warn">{t.simulated}</span>}
      </p>
      {!basis.enough && (
        <p class="notice" dir="auto">
          {saidByServer(sentence(basis.reason ?? t.figures.notEnough)).children}
        </p>
      )}
    </>
  )
}
