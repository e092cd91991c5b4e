import type { Extract } from '../../domain/extract/extract.ts'
import type { ImportedFile } from '../../domain/imported.ts'

/** What the reading process is told before the file's bytes: one line of JSON. */
export interface ReadingOrder {
  readonly reading: 'pdf' | 'picture' | 'tiff' | 'text' | 'dicom' | 'heic'
  readonly maximumPages: number
  readonly maximumPixels: number
  /** The tesseract program; undefined reads no pictures. */
  readonly tesseract: string | undefined
  readonly languages: string
  /** The program that unpacks HEIC; undefined reads none of it. */
  readonly heif?: string | undefined
  /** After so long no further page is begun, so that those before are kept; set by whoever starts the process. */
  readonly seconds?: number
}

/** Asks for the picture of one page, counted from 1. */
export interface PageOrder {
  readonly reading: 'pdf-page' | 'tiff-page' | 'dicom-page' | 'heic-page'
  readonly page: number
  readonly maximumPixels: number
  readonly heif?: string | undefined
}

/** Asks for what a file of a laboratory or clinic says. `now` is a time of HL7, for the answer to the sender. */
export interface ExchangeOrder {
  readonly reading: 'hl7v2' | 'ccda' | 'fhir'
  readonly now: string
}

export type Order = ReadingOrder | PageOrder | ExchangeOrder

export type ReadingFault =
  | 'encrypted'
  | 'damaged'
  | 'too_many_pages'
  | 'too_many_pixels'
  | 'too_slow'
  | 'too_much_memory'
  | 'reader_stopped'
  | 'no_ocr_engine'
  | 'no_heic_reader'

/** What it answers. Pages that were read before a fault are kept. */
export interface ReadingResult {
  readonly pageCount: number | undefined
  readonly extract: Extract | undefined
  readonly fault: ReadingFault | undefined
}

/** A page as a PNG in base64; undefined where there is no such page or nothing that draws it. */
export interface PageResult {
  readonly png: string | undefined
  readonly fault: ReadingFault | undefined
}

/** `refusal` says in words why a file is not taken at all. */
export interface ExchangeResult {
  readonly file: ImportedFile | undefined
  readonly refusal: string | undefined
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
