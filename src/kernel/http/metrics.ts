const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Series {
  readonly labels: string
  readonly buckets: number[]
  sum: number
  count: number
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
      series = { labels, buckets: BOUNDS_SECONDS.map(() => 0), sum: 0, count: 0 }
      this.requests.set(key, series)
    }
    series.sum += seconds
    series.count += 1
    const bucket = BOUNDS_SECONDS.findIndex((bound) => seconds <= bound)
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
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
