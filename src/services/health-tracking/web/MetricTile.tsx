import { ago, measured } from '../../../web/format.ts'
import { Link } from '../../../web/router.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { personUnit } from '../../../web/units.ts'
import { type Reading, sourceWord, standingOf, type Tile, unitWord } from './words.ts'

/** The latest of one metric: how much, how that stands, how old it is and where it comes from. */
export function MetricTile({ reading }: { readonly reading: Reading }) {
  const { tile, label, figure, unit } = reading
  const standing = standingOf(tile)
  const isStale = Date.now() - new Date(tile.at).getTime() > 30 * 86_400_000
  return (
    <li>
      <Link to={`/app/trends/${tile.metric_type}`} class={isStale ? 'tile stale' : 'tile'}>
        <span class="name">{label}</span>
        <bdi class="value">
          <strong>{figure}</strong> {unit}
        </bdi>
        {standing !== undefined && <span class={`tag ${standing.look}`}>{standing.word}</span>}
        <Usual tile={tile} />
        <small class="soft">
          {ago(tile.at)}
          {tile.source && ` · ${sourceWord(tile.source)}`}
        </small>
      </Link>
    </li>
  )
}

/** The value on a line, over the range that is usual for this person; nothing while that is not known. */
export function Usual({ tile }: { readonly tile: Pick<Tile, 'baseline' | 'value' | 'metric_type'> }) {
  const { usual_low: low, usual_high: high, unit } = tile.baseline
  if (tile.baseline.status !== 'known' || low === null || high === null || high <= low) return null
  const air = (high - low) * 0.6
  const from = Math.min(low, tile.value) - air
  const to = Math.max(high, tile.value) + air
  const at = (value: number) => `${((value - from) / (to - from)) * 100}%`
  const own = personUnit(unit, tile.metric_type)
  const text = recordTexts().standing.usual(measured(own.of(low)), measured(own.of(high)), unitWord(own.unit))
  return (
    <span class="usual" dir="ltr" role="img" aria-label={text} title={text}>
      <span class="range" style={{ insetInlineStart: at(low), width: `${((high - low) / (to - from)) * 100}%` }} />
      <span class="dot" style={{ insetInlineStart: at(tile.value) }} />
    </span>
  )
}
