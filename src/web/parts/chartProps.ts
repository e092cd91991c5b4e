export interface ChartPoint {
  readonly at: string
  readonly value: number
}

export interface ChartProps {
  /** What a screen reader says in place of the picture. */
  readonly label: string
  readonly series: readonly { readonly label: string; readonly points: readonly ChartPoint[] }[]
  readonly unit?: string
  /** A range to compare with, drawn behind the line. */
  readonly band?: { readonly low: number | null; readonly high: number | null; readonly label: string } | undefined
  readonly floor?: number
  readonly ceiling?: number
}
