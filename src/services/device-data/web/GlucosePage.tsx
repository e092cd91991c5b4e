import { useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { measured, number } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Segments } from '../../../web/parts/Segments.tsx'
import { DailyProfile } from './DailyProfile.tsx'
import { glucoseAnalytics } from './endpoints.ts'
import { BasisLine, Figures } from './Figures.tsx'
import type { Glucose } from './shapes.ts'
import { TimeInRange } from './TimeInRange.tsx'
import { devicesTexts } from './texts.ts'
import { glucoseUnit, whole } from './words.ts'

const GROUPS = ['adult', 'older', 'pregnancy'] as const
/** Figures that stand open; the others are for whoever asks. */
const FIRST = ['gmi', 'cgm-cv', 'cgm-mean']

/** What a continuous glucose sensor says, or how much is still missing to say it. */
export function GlucosePage() {
  const t = devicesTexts()
  const [targets, setTargets] = useState<(typeof GROUPS)[number]>('adult')
  const answer = useQuery(glucoseAnalytics, { targets })
  return (
    <Page title={t.glucose.title} lead={t.glucose.lead} back={['/app/devices', t.title]}>
      <Shown answer={answer} lines={5}>
        {(found) =>
          found.readings === 0 ? (
            <Empty text={t.glucose.none} />
          ) : (
            <>
              <section class="card">
                <div class="row">
                  <h2>{t.glucose.time}</h2>
                  <Segments
                    label={t.glucose.targets}
                    name="targets"
                    options={GROUPS.map((one) => [one, t.glucose.groups[one]] as const)}
                    value={targets}
                    onPick={setTargets}
                  />
                </div>
                <BasisLine basis={found} />
                {found.enough && <TimeInRange bands={found.bands} />}
                <p class="soft">
                  {t.glucose.coverage(whole(found.readings), found.days_with_data, measured(found.coverage_percent))}
                </p>
              </section>
              <Numbers found={found} />
              {found.enough && <DailyProfile found={found} isPregnancy={targets === 'pregnancy'} />}
              <Episodes episodes={found.episodes} />
              <p class="soft">{t.figures.own}</p>
            </>
          )
        }
      </Shown>
    </Page>
  )
}

function Numbers({ found }: { readonly found: Glucose }) {
  const t = devicesTexts().figures
  const isFirst = (formula: string) => FIRST.includes(formula.split('/')[0] ?? '')
  const shown = found.figures.filter((one) => !one.formula.startsWith('tir-'))
  return (
    <section class="card">
      <Figures figures={shown.filter((one) => isFirst(one.formula))} />
      {found.enough && (
        <details>
          <summary>{t.more}</summary>
          <Figures figures={shown.filter((one) => !isFirst(one.formula))} />
        </details>
      )}
    </section>
  )
}

function Episodes({ episodes }: Pick<Glucose, 'episodes'>) {
  const t = devicesTexts().glucose
  const own = glucoseUnit()
  const [low = '', high = ''] = [70, 180].map((one) => number(own.of(one)))
  const kinds = Object.entries(t.kinds).map(
    ([kind, name]) => [name, episodes.filter((one) => one.kind === kind).length] as const,
  )
  const known = kinds.filter(([, n]) => n > 0)
  return (
    <section class="card">
      <h2>{t.episodes}</h2>
      {known.length === 0 ? (
        <p class="soft">{t.episodesNone(`${t.between(low, high)} ${own.unit}`)}</p>
      ) : (
        <ul class="rows">
          {known.map(([name, n]) => (
            <li key={name}>
              <span class="grow">{name}</span>
              <span class="tabular">{t.episode(n)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
