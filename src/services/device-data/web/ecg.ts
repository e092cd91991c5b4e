/** Paper for ECGs: 25 mm a second and 10 mm a millivolt. */
const MM_A_SECOND = 25
const MM_A_MICROVOLT = 0.01
/** Two and a half seconds: three stand beside each other on a sheet. */
const STRIP_MM = 62.5
/** Values nearer to each other are drawn as the lowest and the highest of them. */
const FINEST_MM = 0.2
/** A millivolt above zero and a half below are always there. */
const LEAST_TOP_MM = 10
const LEAST_BOTTOM_MM = 5
/** What leaves the paper is cut off: a loose electrode jumps by far more than a heart. */
const MOST_MM = 60

/** A piece of the paper. */
export interface Strip {
  /** Where it begins. */
  readonly second: number
  /** Millimetres. */
  readonly width: number
  /** The line, in millimetres: right and down. */
  readonly path: string
}

/**
 * The trace as pieces of paper that join, with its lowest and highest microvolts, how far above zero the paper reaches and how
 * high it is, in whole 5 mm.
 */
export function stripsOf(microvolts: readonly number[], rateHz: number) {
  let low = 0
  let high = 0
  for (const value of microvolts) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const reach = (value: number, least: number) =>
    Math.min(MOST_MM, Math.max(least, 5 * Math.ceil((value * MM_A_MICROVOLT + 1) / 5)))
  const top = reach(high, LEAST_TOP_MM)
  const height = top + reach(-low, LEAST_BOTTOM_MM)
  const strips: Strip[] = []
  const perStrip = (STRIP_MM / MM_A_SECOND) * rateHz
  const count = Math.max(1, Math.ceil(microvolts.length / perStrip))
  for (let index = 0; index < count; index += 1) {
    const from = Math.round(index * perStrip)
    // A value of the next piece, so that the line goes on across the edge.
    const until = Math.min(microvolts.length, Math.round((index + 1) * perStrip) + 1)
    const startMm = index * STRIP_MM
    const xOf = (place: number) => (place / rateHz) * MM_A_SECOND - startMm
    strips.push({ second: startMm / MM_A_SECOND, width: STRIP_MM, path: line(microvolts, [from, until], xOf) })
  }
  return { strips, low, high, top, height }
}

/** The line through values, at most two for each finest step. */
function line(
  microvolts: readonly number[],
  [from, until]: readonly [number, number],
  xOf: (place: number) => number,
): string {
  const points: string[] = []
  for (let place = from; place < until; ) {
    const stepEnd = xOf(place) + FINEST_MM
    let [lowest, highest] = [place, place]
    for (; place < until && xOf(place) < stepEnd; place += 1) {
      if ((microvolts[place] as number) < (microvolts[lowest] as number)) lowest = place
      if ((microvolts[place] as number) > (microvolts[highest] as number)) highest = place
    }
    const both = lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)]
    for (const one of both) {
      points.push(`${xOf(one).toFixed(2)} ${(-(microvolts[one] as number) * MM_A_MICROVOLT).toFixed(2)}`)
    }
  }
  return points.length === 0 ? '' : `M${points.join('L')}`
}
