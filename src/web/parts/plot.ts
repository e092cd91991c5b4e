import uPlot from 'uplot'
import { clock, tickDay } from '../format.ts'
import type { ChartProps, Stretch } from './chartProps.ts'

export interface Plot {
  showAll(): void
  /** Shows so many times as much time, around the same middle. */
  zoom(times: number): void
  /** Goes on by a part of what is shown; below 0 towards what was before. */
  move(part: number): void
  destroy(): void
}

const HEIGHT_PX = 240
/** As wide as a card on paper. */
const PAPER_PX = 620
const POINTS_SHOWN = 120

type OnZoom = (shown: Stretch | undefined) => void

const SHORTEST_S = 3600

/**
 * Draws the series into `box` and keeps them fitting its width, in the colours of the device's theme. Dragging over a stretch
 * of time zooms into it.
 */
export function drawPlot(box: HTMLElement, props: ChartProps, onZoom: OnZoom): Plot {
  const data = dataOf(props)
  const times = data[0]
  const draw = () => new uPlot(optionsOf(box, props, times, onZoom), data, box)
  let plot = draw()
  const drawAnew = () => {
    plot.destroy()
    plot = draw()
  }
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', drawAnew)
  // A finger scrolls the page; only a mouse drags out a stretch.
  const fit = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT_PX }))
  fit.observe(box)
  const sized = (width: number) => () => plot.setSize({ width: Math.min(box.clientWidth, width), height: HEIGHT_PX })
  const [toPaper, fromPaper] = [sized(PAPER_PX), sized(Number.POSITIVE_INFINITY)]
  addEventListener('beforeprint', toPaper)
  addEventListener('afterprint', fromPaper)
  const full = spanOf(times)
  const show = (middle: number, long: number) => {
    const length = Math.min(full.max - full.min, Math.max(SHORTEST_S, long))
    const min = Math.min(full.max - length, Math.max(full.min, middle - length / 2))
    plot.setScale('x', { min, max: min + length })
  }
  const shown = () => {
    const { min = full.min, max = full.max } = plot.scales.x ?? {}
    return { middle: (min + max) / 2, length: max - min }
  }
  return {
    showAll: () => plot.setScale('x', full),
    zoom: (by) => show(shown().middle, shown().length * by),
    move: (part) => show(shown().middle + part * shown().length, shown().length),
    destroy() {
      scheme.removeEventListener('change', drawAnew)
      fit.disconnect()
      removeEventListener('beforeprint', toPaper)
      removeEventListener('afterprint', fromPaper)
      plot.destroy()
    },
  }
}

function dataOf({ series }: ChartProps): [number[], ...(number | null)[][]] {
  const seconds = (at: string) => new Date(at).getTime() / 1000
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => seconds(at))))].sort((a, b) => a - b)
  const columns = series.map(({ points }) => {
    const values = new Map(points.map(({ at, value }) => [seconds(at), value]))
    return times.map((time) => values.get(time) ?? null)
  })
  return [times, ...columns]
}

/** One point alone would stand on an axis without length. */
function spanOf(times: readonly number[]): Stretch {
  const [min = 0, max = 0] = [times[0], times.at(-1)]
  return max - min > 3600 ? { min, max } : { min: min - 43_200, max: max + 43_200 }
}

function optionsOf(box: HTMLElement, props: ChartProps, times: readonly number[], onZoom: OnZoom): uPlot.Options {
  const style = getComputedStyle(box)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const full = spanOf(times)
  const axis = {
    stroke: colour('--soft'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const strokes = [colour('--accent'), colour('--second')]
  const markers = { line: colour('--soft'), text: colour('--ink'), font: style.fontFamily }
  return {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 8 } },
    scales: { x: { time: true, ...full }, y: { range: rangeOf(props) } },
    axes: [
      { ...axis, values: timeWords, space: 70 },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      ...props.series.map(({ label, isBefore = false }, index) => ({
        label,
        stroke: isBefore ? colour('--soft') : (strokes[index % strokes.length] ?? ''),
        width: isBefore ? 1.5 : 2,
        ...(isBefore ? { dash: [5, 4] } : {}),
        spanGaps: true,
        points: { show: times.length <= POINTS_SHOWN, size: 6, fill: colour('--card') },
      })),
    ],
    hooks: {
      drawClear: [(plot) => drawBand(plot, props, colour('--band'))],
      draw: [(plot) => drawMarkers(plot, props, markers)],
      setScale: [(plot, key) => key === 'x' && onZoom(insideOf(plot.scales.x, full))],
    },
  }
}

/** Days along the axis; hours when it is shorter than that. */
function timeWords(_plot: uPlot, splits: readonly number[], _axis: number, _space: number, step: number): string[] {
  return splits.map((at) => (step < 86_400 ? clock(new Date(at * 1000)) : tickDay(new Date(at * 1000))))
}

/** What is shown when it is not all. */
function insideOf(scale: uPlot.Scale | undefined, full: Stretch): Stretch | undefined {
  const { min = full.min, max = full.max } = scale ?? {}
  return min > full.min + 1 || max < full.max - 1 ? { min, max } : undefined
}

/** The axis shows the values and the band, with a little air. */
function rangeOf({ floor, ceiling, band }: ChartProps): uPlot.Range.Function {
  return (_plot, low, high) => {
    if (floor !== undefined && ceiling !== undefined) return [floor, ceiling]
    const known = [low, high, band?.low ?? low, band?.high ?? high].filter((one) => Number.isFinite(one))
    const [min, max] = [Math.min(...known), Math.max(...known)]
    const air = (max - min || Math.abs(max) * 0.1 || 1) * 0.08
    return [min - air, max + air]
  }
}

function drawBand(plot: uPlot, { band }: ChartProps, colour: string): void {
  if (band === undefined) return
  const { left, top, width, height } = plot.bbox
  const y = (value: number | null, edge: number) => (value === null ? edge : plot.valToPos(value, 'y', true))
  const upper = Math.max(top, y(band.high, top))
  const lower = Math.min(top + height, y(band.low, top + height))
  if (lower <= upper) return
  plot.ctx.save()
  plot.ctx.fillStyle = colour
  plot.ctx.fillRect(left, upper, width, lower - upper)
  plot.ctx.restore()
}

/** A broken line for each event, with its number at the top; the words stand in the list below the chart. */
function drawMarkers(
  plot: uPlot,
  { markers = [] }: ChartProps,
  look: { line: string; text: string; font: string },
): void {
  const { left, top, width, height } = plot.bbox
  const { ctx } = plot
  ctx.save()
  ctx.strokeStyle = look.line
  ctx.fillStyle = look.text
  ctx.font = `${Math.round(11 * devicePixelRatio)}px ${look.font}`
  ctx.textAlign = 'center'
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
  for (const [index, { at }] of markers.entries()) {
    const x = plot.valToPos(new Date(at).getTime() / 1000, 'x', true)
    if (x < left || x > left + width) continue
    ctx.beginPath()
    ctx.moveTo(x, top + 14 * devicePixelRatio)
    ctx.lineTo(x, top + height)
    ctx.stroke()
    ctx.fillText(String(index + 1), x, top + 10 * devicePixelRatio)
  }
  ctx.restore()
}
