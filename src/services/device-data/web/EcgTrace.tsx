import { measured } from '../../../web/format.ts'
import { type Strip, stripsOf } from './ecg.ts'
import { recordingTexts } from './recordingTexts.ts'

interface TraceProps {
  /** Microvolts, `rateHz` a second. */
  readonly values: readonly number[]
  readonly rateHz: number
}

/** A trace on paper of 25 mm a second and 10 mm a millivolt: one line to scroll along, and rows where it is printed. */
export function EcgTrace({ values, rateHz }: TraceProps) {
  const t = recordingTexts()
  const { strips, low, high, top, height } = stripsOf(values, rateHz)
  const summary = t.summary(measured(values.length / rateHz), measured(low), measured(high))
  return (
    <figure class="chart">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="ecg" dir="ltr" tabIndex={0} aria-label={summary}>
        {strips.map((strip) => (
          <Paper key={strip.second} strip={strip} top={top} height={height} />
        ))}
      </section>
      <figcaption class="soft" style={{ marginTop: '0.5rem' }}>
        {t.scale}
      </figcaption>
    </figure>
  )
}

interface PaperProps {
  readonly strip: Strip
  /** Millimetres that paper reaches above zero, and its whole height. */
  readonly top: number
  readonly height: number
}

/** Lines every millimetre, and stronger ones every five, as paper for ECGs has them. */
function Paper({ strip: { second, width, path }, top, height }: PaperProps) {
  return (
    <svg
      width={`${width}mm`}
      height={`${height}mm`}
      viewBox={`0 ${-top} ${width} ${height}`}
      aria-hidden="true"
      focusable="false"
    >
      <path d={grid(width, top, height, 1)} stroke="var(--bad)" stroke-width="0.1" opacity="0.3" />
      <path d={grid(width, top, height, 5)} stroke="var(--bad)" stroke-width="0.2" opacity="0.45" />
      <path d={path} fill="none" stroke="var(--ink)" stroke-width="0.35" stroke-linejoin="round" />
      {Number.isInteger(second) && (
        <text x="0.8" y={height - top - 1} font-size="3" fill="var(--soft)">
          {second} s
        </text>
      )}
    </svg>
  )
}

function grid(width: number, top: number, height: number, step: number): string {
  const lines: string[] = []
  for (let x = 0; x <= width; x += step) lines.push(`M${x} ${-top}v${height}`)
  for (let y = -top; y <= height - top; y += step) lines.push(`M0 ${y}h${width}`)
  return lines.join('')
}
