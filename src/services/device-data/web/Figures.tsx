import type { OutputOf } from '../../../kernel/contract.ts'
import { measured, shortDay } from '../../../web/format.ts'
import { texts } from '../../../web/texts/catalogue.ts'
import type { deviceData } from '../contract.ts'
import { devicesTexts } from './texts.ts'
import { named, sourceLabel, unitWord } from './words.ts'

type Analysis = OutputOf<(typeof deviceData)['operations']['hrvAnalytics']>
export type Figure = Analysis['figures'][number]

/** Computed figures side by side; each says what it needs, or how it is known. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <ul class="figures">
      {figures.map((one) => (
        <li key={one.name}>
          <FigureCard figure={one} />
        </li>
      ))}
    </ul>
  )
}

function FigureCard({ figure }: { readonly figure: Figure }) {
  const t = devicesTexts().figures
  const { value } = figure
  return (
    <>
      <p class="soft">{figure.name}</p>
      {value === null ? (
        <p>
          <span class="tag">{t.notEnough}</span> <small class="soft">{`${t.needs}: ${figure.needs}`}</small>
        </p>
      ) : (
        <p class="figure">
          <strong>{measured(value)}</strong> <span class="soft">{unitWord(figure.unit)}</span>
        </p>
      )}
      <How figure={figure} />
    </>
  )
}

function How({ figure }: { readonly figure: Figure }) {
  const t = devicesTexts().figures
  const inputs = Object.entries(figure.inputs)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${named({}, name)}: ${typeof value === 'number' ? measured(value) : String(value)}`)
  const lines = [
    [t.from, inputs.join(', ')],
    [t.needs, figure.needs],
    [t.formula, figure.formula],
    [t.citation, figure.citation],
    [t.limits, figure.limits],
  ] as const
  return (
    <details>
      <summary>
        {texts().evidence.how} <span class="unseen">{figure.name}</span>
      </summary>
      <dl>
        {lines.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd dir="auto">{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
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
          {basis.reason ?? t.figures.notEnough}
        </p>
      )}
    </>
  )
}
