import { localDayOf, utcDay } from '../days.ts'

/** A stretch of a night. */
export interface SleepSegment {
  readonly metric: string
  readonly startMs: number
  readonly endMs: number
  /** Minutes. */
  readonly value: number
  readonly offsetMinutes: number
}

export interface Night {
  /** Local day of waking, days since 1970-01-01. */
  readonly day: number
  readonly asleepMinutes: number
  readonly inBedMinutes: number | undefined
  readonly efficiencyPercent: number | undefined
  readonly bedtimeMs: number
  readonly wakeMs: number
  /** Minutes after local midnight of the day of waking; negative before it. */
  readonly midpointMinute: number
  readonly stages: Readonly<Record<'deep' | 'rem' | 'light' | 'awake', number | undefined>>
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Awake for longer, and what follows is another sleep. */
const LONGEST_WAKE_MS = 2 * 3_600_000
const ASLEEP: ReadonlySet<string> = new Set(['sleep_asleep', 'light_sleep', 'deep_sleep', 'rem_sleep'])
const STAGES = { deep: 'deep_sleep', rem: 'rem_sleep', light: 'light_sleep', awake: 'sleep_wake_time' } as const
/** Shorter sleeps are naps. */
const SHORTEST_NIGHT_MINUTES = 60

/**
 * Nights of one source by the local day of waking: of several sleeps that end on a day the longest. Stretches that overlap
 * are not counted twice. Where there are no stages, the maker's own figure of the night stands in.
 */
export function nightsOf(segments: readonly SleepSegment[]): Night[] {
  const staged = sessions(segments.filter((one) => ASLEEP.has(one.metric))).map((asleep) =>
    stagedNight(asleep, segments),
  )
  const told = segments.filter((one) => one.metric === 'sleep_duration' && one.endMs > one.startMs).map(toldNight)
  const byDay = new Map<number, Night>()
  // Staged nights come last and win over told ones of the same day.
  for (const night of [...told, ...staged]) {
    if (night.asleepMinutes < SHORTEST_NIGHT_MINUTES) continue
    const known = byDay.get(night.day)
    const isStaged = (one: Night) => one.stages.deep !== undefined || one.stages.light !== undefined
    if (known === undefined || night.asleepMinutes > known.asleepMinutes || (isStaged(night) && !isStaged(known))) {
      byDay.set(night.day, night)
    }
  }
  return [...byDay.values()].sort((left, right) => left.day - right.day)
}

/** Stretches of sleep with less than two hours between them. */
function sessions(asleep: readonly SleepSegment[]): SleepSegment[][] {
  const result: SleepSegment[][] = []
  let untilMs = Number.NEGATIVE_INFINITY
  for (const segment of [...asleep].sort((left, right) => left.startMs - right.startMs)) {
    if (segment.startMs - untilMs > LONGEST_WAKE_MS) result.push([])
    result.at(-1)?.push(segment)
    untilMs = Math.max(untilMs, segment.endMs)
  }
  return result
}

function stagedNight(asleep: readonly SleepSegment[], all: readonly SleepSegment[]): Night {
  const fromMs = Math.min(...asleep.map((one) => one.startMs))
  const untilMs = Math.max(...asleep.map((one) => one.endMs))
  const near = all.filter((one) => one.startMs < untilMs && one.endMs > fromMs)
  const minutesOf = (metric: string) => {
    const found = near.filter((one) => one.metric === metric)
    return found.length === 0 ? undefined : unionMinutes(found)
  }
  const beds = near.filter((one) => one.metric === 'sleep_in_bed')
  const bedtimeMs = Math.min(fromMs, ...beds.map((one) => one.startMs))
  const outOfBedMs = Math.max(untilMs, ...beds.map((one) => one.endMs))
  const asleepMinutes = unionMinutes(asleep)
  const awake = minutesOf(STAGES.awake)
  // Without "in bed" the stretch from falling asleep to waking is not the time in bed: only with awake stretches it is near.
  const inBedMinutes =
    beds.length > 0 ? (outOfBedMs - bedtimeMs) / MINUTE_MS : awake === undefined ? undefined : asleepMinutes + awake
  const stages = { deep: minutesOf(STAGES.deep), rem: minutesOf(STAGES.rem), light: minutesOf(STAGES.light), awake }
  return nightOf(
    { bedtimeMs: fromMs, wakeMs: untilMs, offset: asleep.at(-1)?.offsetMinutes ?? 0 },
    asleepMinutes,
    inBedMinutes,
    stages,
  )
}

function toldNight(segment: SleepSegment): Night {
  const inBed = (segment.endMs - segment.startMs) / MINUTE_MS
  const stages = { deep: undefined, rem: undefined, light: undefined, awake: undefined }
  const times = { bedtimeMs: segment.startMs, wakeMs: segment.endMs, offset: segment.offsetMinutes }
  return nightOf(times, Math.min(segment.value, inBed), inBed, stages)
}

function nightOf(
  { bedtimeMs, wakeMs, offset }: { bedtimeMs: number; wakeMs: number; offset: number },
  asleepMinutes: number,
  inBedMinutes: number | undefined,
  stages: Night['stages'],
): Night {
  const day = localDayOf(wakeMs, offset, false)
  const middleMs = (bedtimeMs + wakeMs) / 2 + offset * MINUTE_MS
  return {
    day,
    asleepMinutes,
    inBedMinutes,
    efficiencyPercent:
      inBedMinutes === undefined || inBedMinutes === 0
        ? undefined
        : Math.min(100, (100 * asleepMinutes) / inBedMinutes),
    bedtimeMs,
    wakeMs,
    midpointMinute: (middleMs - day * DAY_MS) / MINUTE_MS,
    stages,
  }
}

/** Minutes that any of the stretches covers. */
export function unionMinutes(segments: readonly Pick<SleepSegment, 'startMs' | 'endMs'>[]): number {
  let total = 0
  let untilMs = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of [...segments].sort((left, right) => left.startMs - right.startMs)) {
    total += Math.max(0, endMs - Math.max(startMs, untilMs))
    untilMs = Math.max(untilMs, endMs)
  }
  return total / MINUTE_MS
}

/** The day number of an instant in UTC, for ranges around nights. */
export const dayOfInstant = utcDay
