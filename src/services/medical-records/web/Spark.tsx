const WIDTH = 120
const HEIGHT = 36
const AIR = 4

/** A course as a small line over the band of its range. */
export function Spark({ places, label }: { readonly places: readonly number[]; readonly label: string }) {
  // The band keeps a third of the height at least; what lies far outside is drawn at the edge.
  const low = Math.max(-1, Math.min(-0.15, ...places))
  const high = Math.min(2, Math.max(1.15, ...places))
  const y = (place: number) => {
    const inside = Math.min(high, Math.max(low, place))
    return AIR + ((high - inside) / (high - low)) * (HEIGHT - 2 * AIR)
  }
  const x = (index: number) => AIR + (index / Math.max(1, places.length - 1)) * (WIDTH - 2 * AIR)
  const last = places.at(-1) ?? 0
  const points = places.map((place, index) => `${x(index).toFixed(1)},${y(place).toFixed(1)}`).join(' ')
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <rect x={0} y={y(1)} width={WIDTH} height={y(0) - y(1)} rx={3} />
      <polyline points={points} />
      <circle cx={x(places.length - 1)} cy={y(last)} r={3} class={last < 0 || last > 1 ? 'out' : undefined} />
    </svg>
  )
}
