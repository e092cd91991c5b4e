import { crc32, deflateSync } from 'node:zlib'

type Point = readonly [x: number, y: number]

const GROUND = [0x0b, 0x6e, 0x5f] as const
const FIGURE = [0xfb, 0xfa, 0xf7] as const
/** Rows drawn for each row of the picture: the edge between them is smooth. */
const ROWS = 4

/** The sign of the platform (`iconSvg`) as a PNG of `size` pixels, full to its edges: for devices that take no drawing. */
export function iconPng(size: number): Buffer {
  const outline = heart().map(([x, y]): Point => [(x * size) / 32, (y * size) / 32])
  const rows: Buffer[] = []
  for (let y = 0; y < size; y++) rows.push(rowOf(coverage(outline, y, size)))
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  // 8 bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.concat(rows))
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

/** The outline of the figure in a square of 32, as points. */
function heart(): Point[] {
  const start: Point = [16, 24]
  const left = curve(start, [11, 20.6], [8, 17.6], [8, 14])
  const right = curve([24, 14], [24, 17.6], [21, 20.6], start)
  return [...left, ...arc([8, 14], [16, 11.8]), ...arc([16, 11.8], [24, 14]), ...right]
}

function curve(a: Point, b: Point, c: Point, d: Point): Point[] {
  return steps().map((t): Point => {
    const s = 1 - t
    const at = (i: 0 | 1) => s * s * s * a[i] + 3 * s * s * t * b[i] + 3 * s * t * t * c[i] + t * t * t * d[i]
    return [at(0), at(1)]
  })
}

/** The shorter arc between two points over their upper side, of radius 4.3. */
function arc(from: Point, to: Point): Point[] {
  const radius = 4.3
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const chord = Math.hypot(dx, dy)
  const away = Math.sqrt(radius * radius - (chord * chord) / 4) / chord
  const centre: Point = [(from[0] + to[0]) / 2 - dy * away, (from[1] + to[1]) / 2 + dx * away]
  const first = Math.atan2(from[1] - centre[1], from[0] - centre[0])
  const turn = 2 * Math.asin(chord / 2 / radius)
  return steps().map(
    (t): Point => [centre[0] + radius * Math.cos(first + turn * t), centre[1] + radius * Math.sin(first + turn * t)],
  )
}

function steps(): number[] {
  return Array.from({ length: 33 }, (_none, index) => index / 32)
}

/** How much of each pixel of a row lies in the outline, 0 to 1. */
function coverage(outline: readonly Point[], row: number, size: number): Float64Array {
  const cover = new Float64Array(size)
  for (let part = 0; part < ROWS; part++) {
    const crossings = crossingsAt(outline, row + (part + 0.5) / ROWS)
    for (let index = 0; index + 1 < crossings.length; index += 2) {
      const [from, to] = [crossings[index] as number, crossings[index + 1] as number]
      for (let x = Math.floor(from); x < to; x++) {
        cover[x] = (cover[x] ?? 0) + Math.max(0, Math.min(to, x + 1) - Math.max(from, x)) / ROWS
      }
    }
  }
  return cover
}

function crossingsAt(outline: readonly Point[], y: number): number[] {
  const found: number[] = []
  outline.forEach(([x1, y1], index) => {
    const [x2, y2] = outline[(index + 1) % outline.length] as Point
    if (y1 <= y !== y2 <= y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
  })
  return found.sort((left, right) => left - right)
}

function rowOf(cover: Float64Array): Buffer {
  const row = Buffer.alloc(1 + cover.length * 3)
  cover.forEach((part, x) => {
    for (const channel of [0, 1, 2] as const) {
      row[1 + x * 3 + channel] = Math.round(GROUND[channel] + (FIGURE[channel] - GROUND[channel]) * Math.min(1, part))
    }
  })
  return row
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, check])
}
