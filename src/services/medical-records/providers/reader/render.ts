import type { GreyPicture } from './picture.ts'

/** Draws pages of a PDF as they look. */
export interface PageDrawer {
  readonly pageCount: number
  /** The page in grey, `width` pixels wide or as wide as `maximumPixels` allows. Throws for a page that can't be drawn. */
  draw(page: number, width: number, maximumPixels: number): Promise<GreyPicture>
}

/** PDFium as WebAssembly; undefined where it is not installed, or can't open what others open. */
export async function openDrawer(bytes: Uint8Array): Promise<PageDrawer | undefined> {
  try {
    const { PDFiumLibrary } = await import('@hyzyla/pdfium')
    const library = await PDFiumLibrary.init()
    const document = await library.loadDocument(bytes)
    return {
      pageCount: document.getPageCount(),
      async draw(number, wide, maximumPixels) {
        const page = document.getPage(number - 1)
        const { originalWidth, originalHeight } = page.getOriginalSize()
        const aspect = originalHeight / originalWidth
        if (!(aspect > 0) || !Number.isFinite(aspect)) throw new Error('a page without a size')
        const width = Math.max(1, Math.floor(Math.min(wide, Math.sqrt(maximumPixels / aspect))))
        const height = Math.max(1, Math.min(Math.round(width * aspect), Math.floor(maximumPixels / width)))
        const render = await page.render({
          width,
          height,
          colorSpace: 'Gray',
          // Ends the page as well; the copy is ours.
          render: async ({ data }) => data,
        })
        return { width: render.width, height: render.height, pixels: render.data }
      },
    }
  } catch {
    return undefined
  }
}

/** Share of the page that must be ink for there to be anything to read. */
const LEAST_INK = 0.0004

/** Whether hardly anything stands on a page. */
export function isBlank({ pixels }: GreyPicture): boolean {
  let dark = 0
  for (const pixel of pixels) if (pixel < 160) dark += 1
  return dark < pixels.length * LEAST_INK
}
