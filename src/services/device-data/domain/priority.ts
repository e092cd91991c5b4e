/** Priorities of sources where several measured the same thing (source-systems 4.4); ours for those it does not name. */
const PRIORITIES: Readonly<Record<string, number>> = {
  manual: 110,
  oura: 100,
  dexcom: 90,
  clinical: 90,
  libreview: 90,
  nightscout: 88,
  'blood-pressure': 85,
  withings: 82,
  whoop: 80,
  garmin: 80,
  'apple-watch': 75,
  fitbit: 70,
  polar: 70,
  suunto: 70,
  healthkit: 60,
  'health-connect': 60,
  iphone: 60,
  samsung: 50,
  simulated: 1,
}
const UNKNOWN_SOURCE = 55

/** The sources that are known, the one that counts most first. */
export const USUAL_ORDER = Object.entries(PRIORITIES)
  .map(([source_name, priority]) => ({ source_name, priority }))
  .sort((left, right) => right.priority - left.priority)

/** Names that clients use for one source. */
const SAME: Readonly<Record<string, string>> = {
  apple_health: 'healthkit',
  'apple-health': 'healthkit',
  health_connect: 'health-connect',
  blood_pressure: 'blood-pressure',
}

/** The name under which a source is kept: small letters and hyphens. Undefined when nothing of it is left. */
export function sourceName(text: string): string | undefined {
  const known = SAME[text.trim().toLowerCase()]
  if (known !== undefined) return known
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/['’]|\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|-+$/g, '')
    .slice(0, 60)
  return name === '' ? undefined : name
}

/**
 * How much a source counts against others for the same metric and time; more is better. A name that begins with a known
 * one counts as that one: `apple-watch-of-ana`.
 */
export function priorityOf(source: string): number {
  const exact = PRIORITIES[source]
  if (exact !== undefined) return exact
  const known = Object.keys(PRIORITIES).find((name) => source.startsWith(`${name}-`) || source.endsWith(`-${name}`))
  return known === undefined ? UNKNOWN_SOURCE : (PRIORITIES[known] as number)
}

/** The orders that a person chose, by metric; of `''` for metrics without one of their own. */
export type SourceOrders = ReadonlyMap<string, readonly string[]>

/** Ahead of every source that an order does not name. */
const NAMED = 1000

/** How much a source counts for a metric: sources of the person's order before all others, as they stand in it. */
export function priorityFor(source: string, metric: string, orders: SourceOrders): number {
  const order = orders.get(metric) ?? orders.get('') ?? []
  const place = order.indexOf(source)
  return place < 0 ? priorityOf(source) : NAMED + order.length - place
}

/** The source that counts most for a metric; of equal ones the one with more samples, then the first by name. */
export function preferred<Entry extends { readonly source: string; readonly n: number }>(
  entries: readonly Entry[],
  metric: string,
  orders: SourceOrders,
): Entry | undefined {
  const countOf = (source: string) => priorityFor(source, metric, orders)
  return [...entries].sort(
    (left, right) =>
      countOf(right.source) - countOf(left.source) || right.n - left.n || (left.source < right.source ? -1 : 1),
  )[0]
}
