import { decode } from 'jpeg-js'
import { PNG } from 'pngjs'
import { ReadingError } from './protocol.ts'

/** A grey picture, row by row, 0 black to 255 white. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** Decodes a JPEG or PNG. Looks at the size it claims before anything is unpacked. */
export function decodePicture(bytes: Buffer, maximumPixels: number): GreyPicture {
  const isPng = bytes[0] === 0x89
  const size = isPng ? pngSize(bytes) : jpegSize(bytes)
  if (size === undefined || size.width < 1 || size.height < 1) throw new ReadingError('damaged')
  if (size.width * size.height > maximumPixels) throw new ReadingError('too_many_pixels')
  try {
    return isPng ? decodePng(bytes) : decodeJpeg(bytes, maximumPixels)
  } catch {
    throw new ReadingError('damaged')
  }
}

function decodePng(bytes: Buffer): GreyPicture {
  const { width, height, data } = PNG.sync.read(bytes, { checkCRC: false })
  return greyOf({ width, height, data, channels: 4 })
}

function decodeJpeg(bytes: Buffer, maximumPixels: number): GreyPicture {
  const limits = { maxResolutionInMP: maximumPixels / 1e6, maxMemoryUsageInMB: 1024 }
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: true,
    ...limits,
  })
  return greyOf({ width, height, data, channels: 3 })
}

/** A grey picture as a PNG. */
export function pngOf({ width, height, pixels }: GreyPicture): Buffer {
  const png = new PNG({ width, height })
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length)
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
}

function pngSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] as number
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

/** Pixels of 1, 3 or 4 channels, or packed bits (`channels: 0`), as grey; what is transparent is paper. */
export function greyOf(raw: {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint8ClampedArray
  readonly channels: 0 | 1 | 3 | 4
}): GreyPicture {
  const { width, height, data, channels } = raw
  const pixels = new Uint8Array(width * height)
  if (channels === 0) {
    const stride = (width + 7) >> 3
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        pixels[y * width + x] = (((data[y * stride + (x >> 3)] as number) >> (7 - (x & 7))) & 1) * 255
      }
    }
    return { width, height, pixels }
  }
  for (let at = 0, from = 0; at < pixels.length; at += 1, from += channels) {
    if (channels === 1) pixels[at] = data[from] as number
    else {
      const [red, green, blue] = [data[from] as number, data[from + 1] as number, data[from + 2] as number]
      const grey = (red * 77 + green * 150 + blue * 29) >> 8
      const alpha = channels === 4 ? (data[from + 3] as number) : 255
      pixels[at] = alpha === 255 ? grey : (grey * alpha + 255 * (255 - alpha)) / 255
    }
  }
  return { width, height, pixels }
}

/** Turned by quarters to the right. */
export function turned({ width, height, pixels }: GreyPicture, quarters: 1 | 2 | 3): GreyPicture {
  const out = new Uint8Array(pixels.length)
  const isUpright = quarters === 2
  const newWidth = isUpright ? width : height
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [toX, toY] =
        quarters === 1 ? [height - 1 - y, x] : quarters === 2 ? [width - 1 - x, height - 1 - y] : [y, width - 1 - x]
      out[toY * newWidth + toX] = pixels[y * width + x] as number
    }
  }
  return { width: newWidth, height: isUpright ? height : width, pixels: out }
}

/** Scaled by `factor` and turned by `angle` radians around the middle, between pixels by their neighbours' weight. */
export function resampled(picture: GreyPicture, factor: number, angle: number): GreyPicture {
  const width = Math.max(1, Math.round(picture.width * factor))
  const height = Math.max(1, Math.round(picture.height * factor))
  const pixels = new Uint8Array(width * height)
  const [cos, sin] = [Math.cos(angle) / factor, Math.sin(angle) / factor]
  const [middleX, middleY] = [(picture.width - 1) / 2, (picture.height - 1) / 2]
  for (let y = 0; y < height; y += 1) {
    const dy = y - (height - 1) / 2
    for (let x = 0; x < width; x += 1) {
      const dx = x - (width - 1) / 2
      pixels[y * width + x] = at(picture, middleX + dx * cos - dy * sin, middleY + dx * sin + dy * cos)
    }
  }
  return { width, height, pixels }
}

function at({ width, height, pixels }: GreyPicture, x: number, y: number): number {
  if (x < -1 || y < -1 || x > width || y > height) return 255
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)))
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)))
  const right = Math.min(width - 1, left + 1)
  const bottom = Math.min(height - 1, top + 1)
  const [dx, dy] = [Math.min(1, Math.max(0, x - left)), Math.min(1, Math.max(0, y - top))]
  const upper = (pixels[top * width + left] as number) * (1 - dx) + (pixels[top * width + right] as number) * dx
  const lower = (pixels[bottom * width + left] as number) * (1 - dx) + (pixels[bottom * width + right] as number) * dx
  return upper * (1 - dy) + lower * dy
}

/** Stretched so that the paper is white and the darkest ink black. */
export function normalised({ width, height, pixels }: GreyPicture): GreyPicture {
  const counts = new Uint32Array(256)
  for (const pixel of pixels) counts[pixel] = (counts[pixel] as number) + 1
  const [low, high] = [levelAt(counts, pixels.length * 0.005), levelAt(counts, pixels.length * 0.5)]
  const span = Math.max(1, high - low)
  const table = Uint8Array.from({ length: 256 }, (_one, level) =>
    Math.min(255, Math.max(0, Math.round(((level - low) * 255) / span))),
  )
  return { width, height, pixels: pixels.map((pixel) => table[pixel] as number) }
}

function levelAt(counts: Uint32Array, share: number): number {
  let seen = 0
  for (let level = 0; level < 256; level += 1) {
    seen += counts[level] as number
    if (seen >= share) return level
  }
  return 255
}

/** Edges made steeper: what differs from the surroundings differs more. */
export function sharpened({ width, height, pixels }: GreyPicture): GreyPicture {
  const out = new Uint8Array(pixels)
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x
      const around =
        (pixels[at - 1] as number) +
        (pixels[at + 1] as number) +
        (pixels[at - width] as number) +
        (pixels[at + width] as number)
      out[at] = Math.min(255, Math.max(0, (pixels[at] as number) * 2 - around / 4))
    }
  }
  return { width, height, pixels: out }
}

/** Black and white by the mean around each pixel: a shadow over half of a page is no ink. */
export function adaptive({ width, height, pixels }: GreyPicture): GreyPicture {
  const radius = Math.max(8, Math.round(width / 60))
  const sums = new Uint32Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y += 1) {
    let row = 0
    for (let x = 0; x < width; x += 1) {
      row += pixels[y * width + x] as number
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] as number) + row
    }
  }
  const out = new Uint8Array(pixels.length)
  const sum = (x: number, y: number) => sums[y * (width + 1) + x] as number
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = [Math.max(0, y - radius), Math.min(height, y + radius + 1)]
    for (let x = 0; x < width; x += 1) {
      const [left, right] = [Math.max(0, x - radius), Math.min(width, x + radius + 1)]
      const total = sum(right, bottom) - sum(left, bottom) - sum(right, top) + sum(left, top)
      const mean = total / ((right - left) * (bottom - top))
      out[y * width + x] = (pixels[y * width + x] as number) < mean * 0.82 ? 0 : 255
    }
  }
  return { width, height, pixels: out }
}
