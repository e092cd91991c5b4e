import { number } from '../../../web/format.ts'
import type { Glucose } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { glucoseUnit } from './words.ts'

type Band = Glucose['bands'][number]

interface Part {
  readonly look: 'very-low' | 'low' | 'within' | 'high' | 'very-high'
  readonly label: string
  /** Of this part alone: the published bands contain each other. */
  readonly percent: number
  readonly band: Band
  readonly isWhole: boolean
}

/** Light for what is a little off, full for what is far off; the list says the same in words. */
const COLOURS: Readonly<Record<Part['look'], string>> = {
  'very-low': 'var(--bad)',
  low: 'color-mix(in oklab, var(--bad) 55%, var(--card))',
  within: 'var(--good)',
  high: 'color-mix(in oklab, var(--second) 50%, var(--card))',
  'very-high': 'var(--second)',
}
const BAR = { display: 'flex', gap: '2px', height: '2rem', borderRadius: '10px', overflow: 'hidden' }
const SWATCH = { width: '0.9rem', height: '0.9rem', borderRadius: '4px' }
/** Figures end below each other, also where a narrow row has them on a line of their own. */
const PERCENT = { minWidth: '3.25rem', marginInlineStart: 'auto', textAlign: 'end' }

/** One bar of all the time, and the same as a list with the goals of the group. */
export function TimeInRange({ bands }: Pick<Glucose, 'bands'>) {
  const t = devicesTexts().glucose
  const parts = partsOf(bands)
  const own = glucoseUnit()
  return (
    <>
      <div style={BAR} role="img" aria-label={t.barLabel}>
        {parts.map((one) => (
          <span key={one.label} style={{ flex: `${one.percent} 1 0`, background: COLOURS[one.look] }} />
        ))}
      </div>
      <ul class="rows">
        {[...parts].reverse().map((one) => (
          <li key={one.label}>
            <span style={{ ...SWATCH, background: COLOURS[one.look] }} />
            <span class="grow">
              {one.label} {one.look === 'within' && <span class="soft">{own.unit}</span>}
              {one.band.target !== null && (
                <small class="soft">{one.isWhole ? t.goal(one.band.target) : t.goalAll(one.band.target)}</small>
              )}
            </span>
            {one.band.is_met !== null && (
              <span class={`tag ${one.band.is_met ? 'good' : 'warn'}`}>{one.band.is_met ? t.met : t.missed}</span>
            )}
            <strong class="tabular" style={PERCENT}>
              {number(one.percent)} %
            </strong>
          </li>
        ))}
      </ul>
    </>
  )
}

/** The bands as parts that do not overlap, the lowest first: `below 70` holds `below 54`. */
export function partsOf(bands: readonly Band[]): Part[] {
  const t = devicesTexts().glucose
  const told = (mgDl: number) => number(glucoseUnit().of(mgDl))
  const bound = (band: Band) => Number(/\d+/.exec(band.name)?.[0])
  const below = bands.filter((band) => band.name.startsWith('below')).sort((a, b) => bound(a) - bound(b))
  const above = bands.filter((band) => band.name.startsWith('above')).sort((a, b) => bound(a) - bound(b))
  const within = bands.filter((band) => / to /.test(band.name))
  return [
    ...below.map((band, index): Part => {
      const inner = below[index - 1]
      return {
        look: index === 0 && below.length > 1 ? 'very-low' : 'low',
        label: inner === undefined ? t.below(told(bound(band))) : t.between(told(bound(inner)), told(bound(band))),
        percent: Math.max(0, band.percent - (inner?.percent ?? 0)),
        band,
        isWhole: inner === undefined,
      }
    }),
    ...within.map((band): Part => {
      const [low = 0, high = 0] = (band.name.match(/\d+/g) ?? []).map(Number)
      return { look: 'within', label: t.between(told(low), told(high)), percent: band.percent, band, isWhole: true }
    }),
    ...above.map((band, index): Part => {
      const outer = above[index + 1]
      return {
        look: outer === undefined && above.length > 1 ? 'very-high' : 'high',
        label: outer === undefined ? t.above(told(bound(band))) : t.between(told(bound(band)), told(bound(outer))),
        percent: Math.max(0, band.percent - (outer?.percent ?? 0)),
        band,
        isWhole: outer === undefined,
      }
    }),
  ]
}
