import { type RobustTrend, robustTrend } from '../../../../shared/trends.ts'

/** One numeric result of one analyte, in the analyte's own unit. */
export interface SeriesPoint {
  readonly id: string
  readonly at: Date
  readonly value: number
  /** The number is only a bound (`<5`): shown hollow, and taken for no change or trend. */
  readonly comparator: '<' | '>' | undefined
}

export interface Delta {
  readonly previousId: string
  readonly previousAt: Date
  readonly previousValue: number
  readonly change: number
  /** Undefined when the value before was 0. */
  readonly changePercent: number | undefined
  readonly daysBetween: number
  /** Whether the change is larger than measuring and biology explain; undefined where that is not known. */
  readonly isBeyondVariation: boolean | undefined
  readonly variationPercent: number | undefined
  readonly source: string | undefined
}

const DAY_MS = 86_400_000
/**
 * Reference change values: sqrt(2) x 1.96 x sqrt(CVa^2 + CVi^2), with within-person and analytical variation in percent
 * (clinical reference 7). Only what is sourced stands here; elsewhere a change is shown without a verdict.
 */
const VARIATION: Readonly<Record<string, { readonly withinPercent: number; readonly analyticalPercent: number }>> = {
  creatinine: { withinPercent: 4.5, analyticalPercent: 2 },
}
const VARIATION_SOURCE = 'Reference change value, 95 %: sqrt(2) x 1.96 x sqrt(CVa^2 + CVi^2); EFLM biological variation'
/** Fewest results and shortest time a laboratory trend is claimed from: results come months apart. */
const TREND_OPTIONS = { minimumPoints: 5, minimumSpanDays: 60 }

/** The change of the reference change value in percent; undefined where its parts are not sourced. */
export function referenceChangePercent(analyteId: string): number | undefined {
  const parts = VARIATION[analyteId]
  return parts === undefined ? undefined : Math.SQRT2 * 1.96 * Math.hypot(parts.analyticalPercent, parts.withinPercent)
}

/**
 * The change of a result against the one before it in time.
 * @param before the newest earlier result; undefined gives undefined, as does a bare bound on either side
 */
export function deltaOf(analyteId: string, point: SeriesPoint, before: SeriesPoint | undefined): Delta | undefined {
  if (before === undefined || point.comparator !== undefined || before.comparator !== undefined) return undefined
  const change = point.value - before.value
  const changePercent = before.value === 0 ? undefined : (100 * change) / Math.abs(before.value)
  const variationPercent = referenceChangePercent(analyteId)
  const isJudged = variationPercent !== undefined && changePercent !== undefined
  return {
    previousId: before.id,
    previousAt: before.at,
    previousValue: before.value,
    change: Number(change.toPrecision(6)),
    changePercent: changePercent === undefined ? undefined : Math.round(changePercent * 10) / 10,
    daysBetween: Math.round((point.at.getTime() - before.at.getTime()) / DAY_MS),
    isBeyondVariation: isJudged ? Math.abs(changePercent) > variationPercent : undefined,
    variationPercent: variationPercent === undefined ? undefined : Math.round(variationPercent * 10) / 10,
    source: variationPercent === undefined ? undefined : VARIATION_SOURCE,
  }
}

/** The trend of the results of one analyte; bare bounds are left out. `not-enough-data` below 5 results over 60 days. */
export function labTrend(points: readonly SeriesPoint[]): RobustTrend {
  const exact = points.filter((point) => point.comparator === undefined)
  return robustTrend(
    exact.map(({ at, value }) => ({ at: at.getTime(), value })),
    TREND_OPTIONS,
  )
}

/** When a medicine was begun or ended. */
export interface MedicationPeriod {
  readonly id: string
  readonly name: string
  readonly startedOn: string | undefined
  readonly endedOn: string | undefined
}

export interface MedicationEvidence {
  readonly medicationId: string
  readonly name: string
  readonly startedOn: string
  readonly baselineValue: number
  readonly baselineAt: Date
  readonly latestValue: number
  readonly latestAt: Date
  readonly changePercent: number
}

/**
 * The value before a medicine was begun against the newest while it was taken: what happened since, not because of it.
 * Undefined without a value on both sides, or where the value before was 0.
 */
export function sinceMedication(
  points: readonly SeriesPoint[],
  medication: MedicationPeriod,
): MedicationEvidence | undefined {
  const { startedOn, endedOn } = medication
  if (startedOn === undefined) return undefined
  const exact = points.filter((point) => point.comparator === undefined)
  const day = (point: SeriesPoint) => point.at.toISOString().slice(0, 10)
  const baseline = exact.filter((point) => day(point) <= startedOn).at(-1)
  const latest = exact
    .filter((point) => day(point) > startedOn && (endedOn === undefined || day(point) <= endedOn))
    .at(-1)
  if (baseline === undefined || latest === undefined || baseline.value === 0) return undefined
  return {
    medicationId: medication.id,
    name: medication.name,
    startedOn,
    baselineValue: baseline.value,
    baselineAt: baseline.at,
    latestValue: latest.value,
    latestAt: latest.at,
    changePercent: Math.round((1000 * (latest.value - baseline.value)) / Math.abs(baseline.value)) / 10,
  }
}
