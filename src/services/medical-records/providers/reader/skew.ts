import type { GreyPicture } from './picture.ts'

const LARGEST_DEGREES = 6
const SAMPLES = 60_000

/** How far the lines of text lean, in radians; 0 where nothing tells. Positive falls to the right. */
export function skewOf({ width, height, pixels }: GreyPicture): number {
  const dark = darkPoints(width, height, pixels)
  if (dark.length < 200) return 0
  let best = { degrees: 0, score: sharpness(dark, 0) }
  const look = (from: number, to: number, step: number) => {
    for (let degrees = from; degrees <= to + 1e-9; degrees += step) {
      const score = sharpness(dark, degrees)
      if (score > best.score * 1.01) best = { degrees, score }
    }
  }
  look(-LARGEST_DEGREES, LARGEST_DEGREES, 0.5)
  look(best.degrees - 0.4, best.degrees + 0.4, 0.1)
  return (best.degrees * Math.PI) / 180
}

function darkPoints(width: number, height: number, pixels: Uint8Array): Float64Array {
  const counts = new Uint32Array(256)
  for (let at = 0; at < pixels.length; at += 7)
    counts[pixels[at] as number] = (counts[pixels[at] as number] as number) + 1
  let total = 0
  for (let level = 0; level < 256; level += 1) total += level * (counts[level] as number)
  const limit = (total / Math.ceil(pixels.length / 7)) * 0.6
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / (SAMPLES * 12))))
  const points: number[] = []
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) if ((pixels[y * width + x] as number) < limit) points.push(x, y)
  }
  return Float64Array.from(points.slice(0, SAMPLES * 2))
}

/** How unevenly the dark points fall on rows that lean by `degrees`: most where rows are lines of text. */
function sharpness(points: Float64Array, degrees: number): number {
  const slope = Math.tan((degrees * Math.PI) / 180)
  const rows = new Map<number, number>()
  for (let at = 0; at < points.length; at += 2) {
    const row = Math.round(((points[at + 1] as number) - (points[at] as number) * slope) / 3)
    rows.set(row, (rows.get(row) ?? 0) + 1)
  }
  let score = 0
  for (const count of rows.values()) score += count * count
  return score
}
