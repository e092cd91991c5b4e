import { useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { number } from '../../../web/format.ts'
import { Chart } from '../../../web/parts/Chart.tsx'
import { Evidence } from '../../../web/parts/Evidence.tsx'
import { Page, Shown } from '../../../web/parts/Page.tsx'
import { Segments } from '../../../web/parts/Segments.tsx'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import { convertedText, inOwnUnit, labText, lookOf, rangeOfLab, reportedText, unitWord } from './courses.ts'
import { labChart, labContext, listAnalytes, listLabs } from './endpoints.ts'
import { How } from './How.tsx'
import { LabRows } from './LabRows.tsx'
import { labsTexts } from './labTexts.ts'
import { type Lab, partOfDay } from './timeline.ts'
import { rangeText } from './values.ts'

type Course = NonNullable<ReturnType<typeof useQuery<NonNullable<(typeof labChart)['operation']>>>['value']>

/** One test over time: the line, the range, the medicines meanwhile, and how each of it is known. */
export function LabPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = labsTexts()
  const analyte = params.analyte ?? ''
  const [picked, setPicked] = useState<string>()
  const results = useQuery(listLabs, { analyte, size: 100 })
  const newest = results.value?.items[0]
  // Unless another is picked, the unit that the person reads, else that of the newest report.
  const unit = picked ?? (newest && (inOwnUnit(newest)?.unit ?? newest.ucum_unit)) ?? undefined
  const isNone = results.value?.items.length === 0
  const chart = useQuery(labChart, newest ? { analyte, ...(unit === undefined ? {} : { unit }) } : undefined)
  const label = chart.value?.label ?? ''
  return (
    <Page title={label || t.title} back={['/app/labs', t.title]} missing={isNone ? analyte : undefined}>
      <Shown answer={results}>
        {({ items }) =>
          items[0] && (
            <>
              <Latest lab={items[0]} />
              <Shown answer={chart}>
                {(course) => (
                  <section class="card">
                    <Units course={course} onPick={setPicked} />
                    <Drawn course={course} />
                  </section>
                )}
              </Shown>
              <Behind id={items[0].id} unit={unit} />
              <LabRows labs={items} />
            </>
          )
        }
      </Shown>
    </Page>
  )
}

function Latest({ lab }: { readonly lab: Lab }) {
  const t = labsTexts()
  const range = rangeOfLab(lab)
  return (
    <p class="figure">
      <strong dir="ltr">{labText(lab)}</strong>{' '}
      <span class={`tag ${lookOf(lab)}`}>{t.standing[lab.interpretation]}</span>{' '}
      <span class="soft">
        {partOfDay(lab.test_date)} · {range === '' ? t.noRange : t.range(range)}
        {inOwnUnit(lab) !== undefined && ` · ${t.reported(reportedText(lab))}`}
      </span>
    </p>
  )
}

function Units({ course, onPick }: { readonly course: Course; readonly onPick: (unit: string) => void }) {
  const t = labsTexts()
  const { value } = useQuery(listAnalytes, { query: course.label })
  const units = Object.keys(value?.items.find((one) => one.analyte === course.analyte)?.loinc ?? {})
  if (units.length < 2) return null
  return (
    <Segments
      label={t.unit}
      name="unit"
      options={units.map((one) => [one, unitWord(one)] as const)}
      value={course.unit}
      onPick={onPick}
    />
  )
}

function Drawn({ course }: { readonly course: Course }) {
  const t = labsTexts()
  const { label, points, reference_band: band, trend } = course
  const unit = unitWord(course.unit)
  const written = convertedText(course.unit)
  const newest = points.at(-1)
  const started = course.since_medication
  const markers = course.medication_markers.map(({ name, event, date }) => ({
    at: `${date}T00:00:00`,
    label: event === 'start' ? t.started(name) : t.stopped(name),
    date,
  }))
  // What lies beside the drawn time is told below the chart.
  const isDrawn = ({ date }: { readonly date: string }) =>
    date >= (points[0]?.at ?? '').slice(0, 10) && date <= (newest?.at ?? '').slice(0, 10)
  const beside = markers.filter((one) => !isDrawn(one))
  if (newest === undefined) return <p class="soft">{t.notNumeric}</p>
  return (
    <>
      <Chart
        label={t.chart(label, points.length, `${written(newest.value)} ${unit}`)}
        unit={unit}
        series={[{ label, points }]}
        markers={markers.filter(isDrawn).map(({ at, label: word }) => ({ at, label: word }))}
        band={
          band === null
            ? undefined
            : {
                low: band.low,
                high: band.high,
                label: t.band(
                  rangeText(band.low, band.high, written),
                  unit,
                  saidByServer(band.source.citation).children,
                ),
              }
        }
      />
      <Evidence
        direction={trend.direction}
        method={trend.method}
        n={trend.n}
        spanDays={trend.span_days}
        slope={trend.slope_per_week}
        interval={trend.interval_per_week}
        p={trend.p_value}
        reason={trend.reason}
        unit={unit}
        notes={started.map((one) => [
          one.name,
          `${t.sinceOne(number(one.before.value, 2), number(one.latest.value, 2), number(one.change_percent))}. ${saidByServer(one.note).children}`,
        ])}
      />
      <Beside markers={beside} />
    </>
  )
}

interface Marker {
  readonly at: string
  readonly label: string
  readonly date: string
}

function Beside({ markers }: { readonly markers: readonly Marker[] }) {
  const t = labsTexts()
  if (markers.length === 0) return null
  return (
    <details>
      <summary>{t.medicines}</summary>
      <ul class="rows">
        {markers.map((one) => (
          <li key={`${one.at}${one.label}`}>
            <span class="grow" dir="auto">
              {one.label}
            </span>
            <small class="soft">{partOfDay(one.date)}</small>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Behind({ id, unit }: { readonly id: string; readonly unit: string | undefined }) {
  const answer = useQuery(labContext, { id, ...(unit === undefined ? {} : { unit }) })
  return <Shown answer={answer}>{(context) => <How context={context} />}</Shown>
}
