import { useEffect, useRef, useState } from 'preact/hooks'
import { dayAndClock, measured, shortDay } from '../format.ts'
import { recordTexts } from '../texts/record.ts'
import type { ChartProps, ChartSeries, Stretch } from './chartProps.ts'
import type { Plot } from './plot.ts'
import { Table } from './Table.tsx'

const LARGEST_TABLE = 200

/** A line over time with its twin as a table. The drawing code is fetched when the first chart is shown. */
export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(undefined)
  const [shown, setShown] = useState<Stretch>()
  const [isOpen, setOpen] = useState(false)
  const [isAtHand, setAtHand] = useState(false)
  const t = recordTexts().chart
  useEffect(() => {
    let isHere = true
    void import('./plot.ts').then(({ drawPlot }) => {
      if (isHere && box.current !== null) plot.current = drawPlot(box.current, props, setShown)
    })
    return () => {
      isHere = false
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [contentOf(props)])
  return (
    <figure class="chart">
      <div
        role="application"
        aria-label={t.keys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application has keys, and these zoom as a mouse does
        tabIndex={0}
        onKeyDown={(event) => pressed(event, plot.current)}
        onFocus={() => setAtHand(true)}
        onBlur={() => setAtHand(false)}
      >
        <div ref={box} class="plot" dir="ltr" role="img" aria-label={props.label} />
      </div>
      {isAtHand && <p class="hint">{t.keys}</p>}
      {props.series.length > 1 && (
        <ul class="legend">
          {props.series.map((one) => (
            <li key={one.label}>{one.label}</li>
          ))}
        </ul>
      )}
      <Markers {...props} />
      {props.band !== undefined && <figcaption class="soft">{props.band.label}</figcaption>}
      <p class={shown && 'soft'} role="status">
        {shown && t.shown(shortDay(dateOf(shown.min)), shortDay(dateOf(shown.max)), timesOf(props, shown).length)}
      </p>
      {shown !== undefined && (
        <button type="button" class="link" onClick={() => plot.current?.showAll()}>
          {t.showAll}
        </button>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.asTable}</summary>
        {isOpen && <Twin {...props} shown={shown} />}
      </details>
    </figure>
  )
}

function pressed(event: KeyboardEvent, plot: Plot | undefined): void {
  const wanted = KEYS[event.key]
  if (plot === undefined || wanted === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  wanted(plot)
}

const KEYS: Readonly<Record<string, (plot: Plot) => void>> = {
  '+': (plot) => plot.zoom(0.5),
  '=': (plot) => plot.zoom(0.5),
  '-': (plot) => plot.zoom(2),
  ArrowLeft: (plot) => plot.move(-0.25),
  ArrowRight: (plot) => plot.move(0.25),
  Escape: (plot) => plot.showAll(),
}

const dateOf = (seconds: number) => new Date(seconds * 1000)

/** The instants that have a value, newest first: all, or those of the stretch that is shown. */
function timesOf({ series }: ChartProps, shown?: Stretch): readonly string[] {
  const all = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort().reverse()
  if (shown === undefined) return all
  // What lies on the edge is drawn too.
  const [first, last] = [dateOf(shown.min - 1), dateOf(shown.max + 1)]
  return all.filter((at) => new Date(at) >= first && new Date(at) <= last)
}

/** Changes when what is drawn changes; looks at a hundred thousand points without writing them out. */
function contentOf({ series, band, markers = [] }: ChartProps): string {
  const sumOf = ({ label, points }: ChartSeries) => {
    const sum = points.reduce((total, { value }, index) => total + value * (1 + (index % 7)), 0)
    return [label, points.length, points[0]?.at, points.at(-1)?.at, sum]
  }
  return JSON.stringify([series.map(sumOf), band, markers])
}

function Markers({ markers = [] }: ChartProps) {
  if (markers.length === 0) return null
  return (
    <ol class="markers">
      {markers.map(({ at, label }) => (
        <li key={`${at} ${label}`}>
          <span dir="auto">{label}</span> <small class="soft">{shortDay(at)}</small>
        </li>
      ))}
    </ol>
  )
}

function Twin({ shown, ...props }: ChartProps & { readonly shown: Stretch | undefined }) {
  const { series, unit = '', label } = props
  const t = recordTexts().chart
  const times = timesOf(props, shown)
  const known = series.map(({ points }) => new Map(points.map(({ at, value }) => [at, value])))
  return (
    <section aria-label={label}>
      <Table
        titles={[t.time, ...series.map((one) => (unit === '' ? one.label : `${one.label} (${unit})`))]}
        rows={times
          .slice(0, LARGEST_TABLE)
          .map((at) => [
            dayAndClock(at),
            ...known.map((values) => (values.has(at) ? measured(values.get(at) ?? 0) : '–')),
          ])}
      />
      {times.length > LARGEST_TABLE && <p class="soft">{t.cut(LARGEST_TABLE, times.length)}</p>}
    </section>
  )
}
