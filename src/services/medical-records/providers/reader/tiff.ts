import UTIF from 'utif2'
import { type GreyPicture, greyOf } from './picture.ts'
import { ReadingError } from './protocol.ts'

interface TiffPage {
  width: number
  height: number
  data?: Uint8Array
  readonly [tag: `t${number}`]: readonly number[] | undefined
}

/**
 * The pages of a TIFF, each unpacked when its turn comes.
 * @throws ReadingError `damaged`, `too_many_pages`; while unpacking `damaged`, `too_many_pixels`
 */
export function openTiff(
  bytes: Uint8Array,
  limits: { readonly maximumPages: number; readonly maximumPixels: number },
): { readonly pageCount: number; readonly page: (number: number) => GreyPicture } {
  const buffer = Uint8Array.from(bytes).buffer
  const pages = orDamaged(() => (UTIF.decode(buffer) as unknown as TiffPage[]).filter(hasSize))
  if (pages.length === 0) throw new ReadingError('damaged')
  if (pages.length > limits.maximumPages) throw new ReadingError('too_many_pages')
  return {
    pageCount: pages.length,
    page(number) {
      const page = pages[number - 1]
      const [width = 0] = page?.t256 ?? []
      const [height = 0] = page?.t257 ?? []
      if (page === undefined || width < 1 || height < 1) throw new ReadingError('damaged')
      if (width * height > limits.maximumPixels) throw new ReadingError('too_many_pixels')
      const data = orDamaged(() => {
        UTIF.decodeImage(buffer, page as never)
        return UTIF.toRGBA8(page as never)
      })
      delete page.data
      if (data.length < width * height * 4) throw new ReadingError('damaged')
      return greyOf({ width, height, data, channels: 4 })
    },
  }
}

/** Directories without a picture are notes of the program that wrote the file. */
const hasSize = (page: TiffPage) => page.t256 !== undefined && page.t257 !== undefined

function orDamaged<Result>(work: () => Result): Result {
  try {
    return work()
  } catch {
    throw new ReadingError('damaged')
  }
}
