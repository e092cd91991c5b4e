/** Averages of one hour, as the server gives them. */
export interface HourBucket {
  /** Start of the hour, UTC. */
  readonly start: string
  readonly mean: number
}

export interface HourOfDay {
  readonly hour: number
  readonly low: number
  readonly middle: number
  readonly high: number
  /** Days with a value in this hour. */
  readonly days: number
}

/** Days that an hour needs before anything is said of it. */
const LEAST_DAYS = 5

/** The usual day: middle and the 10th and 90th percentile of each local hour's averages. Hours of fewer days are left out. */
export function usualDay(buckets: readonly HourBucket[], zone: string): HourOfDay[] {
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: zone })
  const hours = new Map<number, number[]>()
  for (const { start, mean } of buckets) {
    const hour = Number(clock.format(new Date(start)))
    hours.set(hour, [...(hours.get(hour) ?? []), mean])
  }
  return [...hours]
    .filter(([, values]) => values.length >= LEAST_DAYS)
    .map(([hour, values]) => {
      const sorted = values.sort((a, b) => a - b)
      const at = (share: number) => quantile(sorted, share)
      return { hour, low: at(0.1), middle: at(0.5), high: at(0.9), days: sorted.length }
    })
    .sort((a, b) => a.hour - b.hour)
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}
