export interface ChartPoint {
  readonly at: string
  readonly value: number
}

export interface ChartSeries {
  readonly label: string
  readonly points: readonly ChartPoint[]
  /** Drawn broken and softly: what the other is compared with. */
  readonly isBefore?: boolean
}

/** Something that happened at a time: a dose, a symptom, a visit. */
export interface ChartMarker {
  readonly at: string
  readonly label: string
}

/** A stretch of time, in seconds since 1970. */
export interface Stretch {
  readonly min: number
  readonly max: number
}

export interface ChartProps {
  /** What a screen reader says in place of the picture. */
  readonly label: string
  readonly series: readonly ChartSeries[]
  readonly unit?: string
  /** A range to compare with, drawn behind the line. */
  readonly band?: { readonly low: number | null; readonly high: number | null; readonly label: string } | undefined
  /** Numbered lines across the chart, told below it. */
  readonly markers?: readonly ChartMarker[]
  readonly floor?: number
  readonly ceiling?: number
}
