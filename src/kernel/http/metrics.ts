const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Series {
  readonly route: string
  readonly status: number
  readonly labels: string
  readonly buckets: number[]
  sum: number
  count: number
}

/** What a group of routes answered since the start of this process. */
export interface Traffic {
  readonly requests: number
  /** Answered 4xx. */
  readonly refused: number
  /** Answered 5xx. */
  readonly failed: number
  readonly p50Ms: number
  readonly p95Ms: number
}

/** Request counts and durations, in the Prometheus text format. Labels are route patterns, never addresses with ids. */
export class Metrics {
  private readonly requests = new Map<string, Series>()

  /** Counts one answered request. */
  observe(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`
    let series = this.requests.get(key)
    if (series === undefined) {
      const labels = `method="${method}",route="${route.replaceAll('"', '')}",status="${status}"`
      series = { route, status, labels, buckets: BOUNDS_SECONDS.map(() => 0), sum: 0, count: 0 }
      this.requests.set(key, series)
    }
    series.sum += seconds
    series.count += 1
    const bucket = BOUNDS_SECONDS.findIndex((bound) => seconds <= bound)
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  /** Requests by `groupOf` their route pattern; routes without a group are left out. */
  byGroup(groupOf: (route: string) => string | undefined): Map<string, Traffic> {
    const sums = new Map<string, { requests: number; refused: number; failed: number; buckets: number[] }>()
    for (const { route, status, count, buckets } of this.requests.values()) {
      const group = groupOf(route)
      if (group === undefined) continue
      const sum = sums.get(group) ?? { requests: 0, refused: 0, failed: 0, buckets: BOUNDS_SECONDS.map(() => 0) }
      sums.set(group, sum)
      sum.requests += count
      if (status >= 500) sum.failed += count
      else if (status >= 400) sum.refused += count
      for (const [index, inBucket] of buckets.entries()) sum.buckets[index] = (sum.buckets[index] ?? 0) + inBucket
    }
    return new Map(
      [...sums].map(([group, { buckets, ...sum }]) => [
        group,
        { ...sum, p50Ms: quantileMs(buckets, sum.requests, 0.5), p95Ms: quantileMs(buckets, sum.requests, 0.95) },
      ]),
    )
  }

  /** The exposition, with process figures and the given gauges. */
  expose(gauges: Readonly<Record<string, { help: string; value: number; labels?: string }[]>>): string {
    const lines = [
      '# HELP http_request_duration_seconds Duration of answered requests.',
      '# TYPE http_request_duration_seconds histogram',
    ]
    for (const series of this.requests.values()) lines.push(...histogramLines(series))
    for (const [name, values] of Object.entries(gauges)) {
      lines.push(`# HELP ${name} ${values[0]?.help ?? ''}`, `# TYPE ${name} gauge`)
      for (const { labels, value } of values) lines.push(`${name}${labels === undefined ? '' : `{${labels}}`} ${value}`)
    }
    return `${lines.join('\n')}\n`
  }
}

/** The duration that `share` of all stayed under, within its bucket by proportion; the last bound when it lies beyond. */
function quantileMs(buckets: readonly number[], count: number, share: number): number {
  const wanted = share * count
  let below = 0
  for (const [index, inBucket] of buckets.entries()) {
    if (inBucket > 0 && below + inBucket >= wanted) {
      const [low, high] = [BOUNDS_SECONDS[index - 1] ?? 0, BOUNDS_SECONDS[index] as number]
      return Math.round((low + ((high - low) * (wanted - below)) / inBucket) * 10_000) / 10
    }
    below += inBucket
  }
  return (BOUNDS_SECONDS.at(-1) as number) * 1000
}

function histogramLines(series: Series): string[] {
  const name = 'http_request_duration_seconds'
  let cumulative = 0
  const lines = BOUNDS_SECONDS.map((bound, index) => {
    cumulative += series.buckets[index] ?? 0
    return `${name}_bucket{${series.labels},le="${bound}"} ${cumulative}`
  })
  lines.push(`${name}_bucket{${series.labels},le="+Inf"} ${series.count}`)
  lines.push(
    `${name}_sum{${series.labels}} ${series.sum.toFixed(6)}`,
    `${name}_count{${series.labels}} ${series.count}`,
  )
  return lines
}
