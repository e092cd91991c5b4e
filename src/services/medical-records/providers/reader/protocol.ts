import type { Extract } from '../../domain/extract/extract.ts'

/** What the reading process is told before the file's bytes: one line of JSON. */
export interface ReadingOrder {
  readonly reading: 'pdf' | 'picture' | 'text'
  readonly maximumPages: number
  readonly maximumPixels: number
  /** The tesseract program; undefined reads no pictures. */
  readonly tesseract: string | undefined
  readonly languages: string
}

export type ReadingFault =
  | 'encrypted'
  | 'damaged'
  | 'too_many_pages'
  | 'too_many_pixels'
  | 'too_slow'
  | 'too_much_memory'
  | 'no_ocr_engine'

/** What it answers. Pages that were read before a fault are kept. */
export interface ReadingResult {
  readonly pageCount: number | undefined
  readonly extract: Extract | undefined
  readonly fault: ReadingFault | undefined
}

/** Ends the reading with a code. */
export class ReadingError extends Error {
  readonly fault: ReadingFault

  constructor(fault: ReadingFault) {
    super(fault)
    this.fault = fault
  }
}
