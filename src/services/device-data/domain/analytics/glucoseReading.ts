/** One reading of a continuous sensor, mg/dL; `below` and `above` only bound it. */
export interface GlucoseReading {
  readonly ms: number
  readonly mgDl: number
}
