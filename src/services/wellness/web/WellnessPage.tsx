import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { dayAndClock, number } from '../../../web/format.ts'
import { Chart } from '../../../web/parts/Chart.tsx'
import { Evidence } from '../../../web/parts/Evidence.tsx'
import { Icon } from '../../../web/parts/Icon.tsx'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Segments } from '../../../web/parts/Segments.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import type { wellness } from '../contract.ts'
import { deleteScore, getTrend, listUsers, recordScore } from './endpoints.ts'
import { FeelingScale } from './FeelingScale.tsx'

type Trend = OutputOf<typeof wellness.operations.getTrend>

const DAYS = ['7', '30', '90', '365'] as const

/** How the person feels, day by day, and what can be said about it. */
export function WellnessPage() {
  const t = recordTexts().wellness
  const users = useQuery(listUsers, { limit: 1 })
  return (
    <Page title={t.title} lead={t.lead}>
      <section class="card">
        <h2>{t.question}</h2>
        <FeelingScale />
      </section>
      <Shown answer={users}>
        {([first]) => (first === undefined ? <Empty text={t.empty} /> : <Course userid={first.userid} />)}
      </Shown>
    </Page>
  )
}

function Course({ userid }: { readonly userid: number }) {
  const t = recordTexts()
  const [days, setDays] = useState<(typeof DAYS)[number]>('30')
  const answer = useQuery(getTrend, { userid, days: Number(days) })
  const isEmpty = answer.problem?.status === 404
  return (
    <section class="card">
      <div class="row">
        <h2>{t.wellness.course}</h2>
        <Segments
          label={t.trends.range}
          name="wellness-range"
          options={DAYS.map((one) => [one, t.trends.days[one]] as const)}
          value={days}
          onPick={setDays}
        />
      </div>
      {isEmpty ? (
        <Empty text={t.wellness.nothingInPeriod} />
      ) : (
        <Shown answer={answer}>{(trend) => <Curve trend={trend} />}</Shown>
      )}
    </section>
  )
}

function Curve({ trend }: { readonly trend: Trend }) {
  const t = recordTexts()
  const points = [...trend.data_points]
    .map(({ time, wellness_score }) => ({ at: `${time}Z`, value: wellness_score }))
    .sort((left, right) => left.at.localeCompare(right.at))
  const { robust } = trend
  return (
    <>
      <p class="figure">
        <strong>{number(trend.average_score)}</strong> {t.wellness.average(trend.period_days)}
      </p>
      <Chart
        label={t.wellness.chartLabel(points.length, number(trend.average_score))}
        series={[{ label: t.wellness.score, points }]}
        floor={0}
        ceiling={10}
      />
      <Evidence
        direction={robust.direction}
        method={robust.method}
        n={robust.n}
        spanDays={robust.span_days}
        slope={robust.slope_per_week}
        interval={robust.interval_per_week}
        p={robust.p_value}
        reason={robust.reason}
      />
      <Scores trend={trend} />
    </>
  )
}

function Scores({ trend }: { readonly trend: Trend }) {
  const t = recordTexts()
  const newest = [...trend.data_points].sort((left, right) => right.time.localeCompare(left.time)).slice(0, 14)
  const remove = async ({ id, time, wellness_score }: Trend['data_points'][number]) => {
    await call(deleteScore, { id })
    refresh()
    const { userid } = trend
    say(t.wellness.removed, async () => {
      await call(recordScore, { userid, wellness_score, time: `${time}Z` })
      refresh()
    })
  }
  return (
    <ul class="rows">
      {newest.map((one) => (
        <li key={one.id}>
          <strong class="tabular">{number(one.wellness_score)}</strong>
          <span class="grow soft">{dayAndClock(one.time)}</span>
          <button
            type="button"
            class="plain"
            aria-label={texts().form.removeOne(dayAndClock(one.time))}
            onClick={() => remove(one).catch(complain)}
          >
            <Icon name="close" size={18} />
          </button>
        </li>
      ))}
    </ul>
  )
}
