import { useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { useEvents } from '../../../web/client/events.ts'
import { apart, number } from '../../../web/format.ts'
import { Chart } from '../../../web/parts/Chart.tsx'
import type { ChartProps } from '../../../web/parts/chartProps.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Segments } from '../../../web/parts/Segments.tsx'
import { Link } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { metricName, saidByServer, wholeName } from '../../../web/texts/serverWords.ts'
import { personUnit } from '../../../web/units.ts'
import { listMetricTypes } from './endpoints.ts'
import { Measurements } from './Measurements.tsx'
import { MetricEvidence } from './MetricEvidence.tsx'
import { useSeries } from './useSeries.ts'
import { DIASTOLIC, type MetricType, type MetricTypeInfo, type Shown as Row, SYSTOLIC, unitWord } from './words.ts'

const DAYS = ['7', '30', '90', '365'] as const
type Days = (typeof DAYS)[number]
const DAY_MS = 86_400_000

/** One metric over time: the line, the range to compare with, the evidence, and each measurement. */
export function MetricPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordTexts()
  const types = useQuery(listMetricTypes, {})
  const info = types.value?.items.find((one) => one.metric_type === params.metric)
  const title =
    info?.metric_type === SYSTOLIC ? t.add.bloodPressure : info === undefined ? t.trends.title : wholeName(info)
  return (
    <Page
      title={title}
      back={['/app/trends', t.trends.title]}
      aside={<AddLink metric={params.metric ?? ''} />}
      missing={types.value !== undefined && info === undefined ? params.metric : undefined}
    >
      <Shown answer={types}>{() => info !== undefined && <Course info={info} />}</Shown>
    </Page>
  )
}

function AddLink({ metric }: { readonly metric: string }) {
  const isPressure = metric === SYSTOLIC || metric === DIASTOLIC
  return (
    <Link to={`/app/add/${isPressure ? 'blood-pressure' : metric}`} class="button quiet">
      {texts().nav.add}
    </Link>
  )
}

/** The first instant of a period that ends now; the same all day, so that the answer can be kept. */
function startOf(days: Days): string {
  const midnight = new Date().setHours(0, 0, 0, 0)
  return new Date(midnight - (Number(days) - 1) * DAY_MS).toISOString()
}

/** The period of the same length before. */
function before(days: Days): { readonly from: string; readonly to: string } {
  const to = new Date(startOf(days))
  return { from: new Date(to.getTime() - Number(days) * DAY_MS).toISOString(), to: to.toISOString() }
}

function Course({ info }: { readonly info: MetricTypeInfo }) {
  const t = recordTexts()
  const [days, setDays] = useState<Days>('90')
  const [isCompared, setCompared] = useState(false)
  const period = { from: startOf(days) }
  const answer = useSeries(info.metric_type, period)
  const isPair = info.metric_type === SYSTOLIC
  const second = useSeries(isPair ? (DIASTOLIC as MetricType) : undefined, period)
  const earlier = useSeries(isCompared ? info.metric_type : undefined, before(days))
  const markers = useEvents(period.from)
  return (
    <>
      <section class="card">
        <div class="row">
          <Segments
            label={t.trends.range}
            name="range"
            options={DAYS.map((one) => [one, t.trends.days[one]] as const)}
            value={days}
            onPick={setDays}
          />
          <button type="button" class="button quiet" aria-pressed={isCompared} onClick={() => setCompared(!isCompared)}>
            {t.trends.compare}
          </button>
        </div>
        <Shown answer={answer}>
          {({ items, isWhole }) =>
            items.length === 0 ? (
              <Empty text={t.trends.nothingInPeriod} />
            ) : (
              <>
                <Chart
                  {...chartOf(info, items, second.value?.items)}
                  {...(earlier.value === undefined ? {} : beside(info, items, earlier.value.items, days))}
                  markers={markers}
                />
                {!isWhole && <p class="soft">{t.trends.cut(items.length)}</p>}
              </>
            )
          }
        </Shown>
        <MetricEvidence metric={info.metric_type} days={Math.max(Number(days), 7)} unit={info.canonical_unit} />
      </section>
      <Measurements
        items={answer.value?.items ?? []}
        pair={second.value?.items}
        nameOf={info.metric_type === 'blood_glucose' ? (row) => kindOf(row, info) : undefined}
      />
    </>
  )
}

/** The series with the period before laid under it, moved by the length of the period. */
function beside(info: MetricTypeInfo, items: readonly Row[], earlier: readonly Row[], days: Days) {
  const shift = Number(days) * DAY_MS
  const moved = earlier.map((row) => ({
    at: new Date(new Date(row.timestamp).getTime() + shift).toISOString(),
    value: personUnit(info.canonical_unit, info.metric_type).of(row.canonical_value),
  }))
  const { series } = chartOf(info, items, undefined, wholeName)
  return {
    series: [...series.slice(0, 1), { label: recordTexts().trends.before, points: moved.reverse(), isBefore: true }],
  }
}

/** What a value is called: of glucose, by whether a meter or a sensor measured it. */
const kindOf = ({ label, device_type }: Row, info: MetricTypeInfo) =>
  metricName({ ...info, ...(label && { label, device_type }) })

function chartOf(
  info: MetricTypeInfo,
  items: readonly Row[],
  pair: readonly Row[] | undefined,
  nameOf?: typeof wholeName,
): ChartProps {
  const t = recordTexts()
  const own = personUnit(info.canonical_unit, info.metric_type)
  const unit = unitWord(own.unit)
  const points = (rows: readonly Row[]) =>
    rows.map((row) => ({ at: row.timestamp, value: own.of(row.canonical_value) })).reverse()
  const bound = (value: number | null | undefined) => (value == null ? null : own.of(value))
  const { reference } = info
  const [low, high] = [bound(reference?.low), bound(reference?.high)]
  const newest = items[0]
  const isPair = info.metric_type === SYSTOLIC
  const kinds = [...Map.groupBy(items, (row) => nameOf?.(info) ?? kindOf(row, info))]
  return {
    label: t.trends.chartLabel(
      isPair ? t.add.bloodPressure : wholeName(info),
      items.length,
      newest === undefined ? '' : `${number(own.of(newest.canonical_value))} ${unit}`,
    ),
    unit,
    series: [
      ...kinds.map(([kind, rows]) => ({ label: isPair ? t.add.systolic : kind, points: points(rows) })),
      ...(isPair ? [{ label: t.add.diastolic, points: points(pair ?? []) }] : []),
    ],
    band:
      reference === null || isPair
        ? undefined
        : {
            low,
            high,
            label: t.trends.band(rangeWords(low, high), unit, saidByServer(reference.citation).children),
          },
  }
}

function rangeWords(low: number | null, high: number | null): string {
  if (low === null) return apart(`≤ ${number(high ?? 0)}`)
  return apart(high === null ? `≥ ${number(low)}` : `${number(low)}–${number(high)}`)
}
