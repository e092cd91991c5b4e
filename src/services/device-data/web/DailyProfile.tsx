import { useQuery } from '../../../web/client/cache.ts'
import { hourOfDay, number } from '../../../web/format.ts'
import { Shown } from '../../../web/parts/Page.tsx'
import { Table } from '../../../web/parts/Table.tsx'
import { aggregate } from './endpoints.ts'
import { type HourOfDay, usualDay } from './profile.ts'
import type { Glucose } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { glucoseUnit } from './words.ts'

const WIDTH = 240
const HEIGHT = 120
const BOUNDS_WIDTH = '2.2rem'
const BOUND = { position: 'absolute', insetInlineStart: `-${BOUNDS_WIDTH}`, translate: '0 -50%' }

interface DailyProfileProps {
  readonly found: Glucose
  readonly isPregnancy: boolean
}

/** Glucose through a usual day, from the averages of each hour of the days that were looked at. */
export function DailyProfile({ found, isPregnancy }: DailyProfileProps) {
  const t = devicesTexts().glucose
  const answer = useQuery(aggregate, {
    data_type: 'continuous_glucose',
    interval: 'hour',
    start_date: `${found.period_from}T00:00:00Z`,
    ...(found.source_name === null ? {} : { source_name: found.source_name }),
  })
  return (
    <section class="card">
      <h2>{t.profile}</h2>
      <p class="soft">{t.profileText}</p>
      <Shown answer={answer}>
        {({ items }) => {
          const hours = usualDay(items, found.time_zone)
          if (hours.length === 0) return <p class="notice">{devicesTexts().figures.notEnough}</p>
          return (
            <>
              <Drawing hours={hours} band={isPregnancy ? [63, 140] : [70, 180]} />
              <details>
                <summary>{t.asTable}</summary>
                <Twin hours={hours} />
              </details>
            </>
          )
        }}
      </Shown>
    </section>
  )
}

function Drawing({
  hours,
  band: [low, high],
}: {
  readonly hours: readonly HourOfDay[]
  readonly band: readonly [number, number]
}) {
  const t = devicesTexts().glucose
  const own = glucoseUnit()
  const top = Math.max(high + 20, ...hours.map((one) => one.high))
  const bottom = Math.min(low - 20, ...hours.map((one) => one.low))
  const x = (hour: number) => ((hour + 0.5) / 24) * WIDTH
  const y = (value: number) => HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT
  const line = (pick: (one: HourOfDay) => number, list = hours) =>
    list.map((one) => `${x(one.hour)},${y(pick(one))}`).join(' ')
  return (
    <div dir="ltr" role="img" aria-label={t.profileLabel}>
      <div style={{ position: 'relative', marginInlineStart: BOUNDS_WIDTH }}>
        <svg
          style={{ display: 'block', width: '100%', height: '200px' }}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect fill="var(--band)" x="0" width={WIDTH} y={y(high)} height={y(low) - y(high)} />
          <polygon
            fill="color-mix(in oklab, var(--accent) 28%, transparent)"
            points={`${line((one) => one.high)} ${line((one) => one.low, [...hours].reverse())}`}
          />
          <polyline
            fill="none"
            stroke="var(--accent)"
            stroke-width="2.5"
            vector-effect="non-scaling-stroke"
            points={line((one) => one.middle)}
          />
        </svg>
        {[high, low].map((bound) => (
          <span key={bound} class="soft" style={{ ...BOUND, top: `${(100 * y(bound)) / HEIGHT}%` }}>
            {number(own.of(bound))}
          </span>
        ))}
      </div>
      <p class="ends" style={{ marginInlineStart: BOUNDS_WIDTH }}>
        {[0, 6, 12, 18, 24].map((hour) => (
          <small key={hour}>{hourOfDay(hour)}</small>
        ))}
      </p>
    </div>
  )
}

function Twin({ hours }: { readonly hours: readonly HourOfDay[] }) {
  const t = devicesTexts().glucose
  const own = glucoseUnit()
  const told = (mgDl: number) => number(own.of(mgDl), own.entry === '' ? 0 : 1)
  return (
    <Table
      titles={[t.hour, ...[t.low, t.middle, t.high].map((one) => `${one}, ${own.unit}`), t.days]}
      rows={hours.map((one) => [hourOfDay(one.hour), told(one.low), told(one.middle), told(one.high), one.days])}
    />
  )
}
