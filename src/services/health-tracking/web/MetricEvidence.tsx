import { useQuery } from '../../../web/client/cache.ts'
import { apart, day, listed, measured } from '../../../web/format.ts'
import { Evidence } from '../../../web/parts/Evidence.tsx'
import { Shown } from '../../../web/parts/Page.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import { type PersonUnit, personUnit } from '../../../web/units.ts'
import { baselines, trends } from './endpoints.ts'
import { type MetricType, unitWord } from './words.ts'

interface MetricEvidenceProps {
  readonly metric: MetricType
  readonly days: number
  readonly unit: string
}

/** What the server can say of a metric's course, and how it knows. */
export function MetricEvidence({ metric, days, unit }: MetricEvidenceProps) {
  const t = recordTexts().evidence
  const own = personUnit(unit, metric)
  const step = (value: number | null) => (value === null ? null : own.step(value))
  const trend = useQuery(trends, { metric_type: metric, days })
  const usual = useQuery(baselines, { metric_type: metric, days: 90 })
  return (
    <Shown answer={trend} lines={1}>
      {({ trends: found }) => {
        const [one] = found
        if (one === undefined) return null
        const [baseline] = usual.value?.baselines ?? []
        const { basis } = one
        const notes: (readonly [string, string])[] = [
          [t.period, `${day(basis.period_from)} – ${day(basis.period_to)} (${basis.time_zone})`],
          ...(basis.missing.length === 0
            ? []
            : [[t.missing, listed(basis.missing.map((one) => saidByServer(one).children))] as const]),
          ...(baseline === undefined ? [] : [[t.usual, usualText(baseline, own)] as const]),
        ]
        return (
          <Evidence
            direction={one.direction}
            method={basis.method}
            n={basis.n}
            spanDays={one.span_days}
            slope={step(one.slope_per_week)}
            interval={one.interval_per_week?.map(own.step) ?? null}
            p={one.p_value}
            reason={one.reason}
            unit={unitWord(own.unit)}
            notes={notes}
          />
        )
      }}
    </Shown>
  )
}

interface Usual {
  readonly usual_low: number | null
  readonly usual_high: number | null
  readonly reason: string | null
  readonly basis: { readonly n: number }
}

function usualText({ usual_low, usual_high, reason, basis }: Usual, own: PersonUnit): string {
  if (usual_low === null || usual_high === null) {
    return reason === null ? recordTexts().evidence.directions['not-enough-data'] : saidByServer(reason).children
  }
  const range = `${measured(own.of(usual_low))}–${measured(own.of(usual_high))}`
  return apart(`${apart(range)} ${unitWord(own.unit)} (n = ${basis.n})`)
}
