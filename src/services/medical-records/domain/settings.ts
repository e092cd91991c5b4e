import { numberSetting, textSetting } from '../../../kernel/config.ts'

/** What an operator can set about documents. None is required. */
export const recordSettings = {
  largestMb: numberSetting('RECORDS_MAX_UPLOAD_MB', {
    doc: 'Largest document that may be added, in megabytes.',
    aliases: ['MAX_UPLOAD_SIZE_MB'],
    defaultValue: 25,
    minimum: 1,
    maximum: 2000,
  }),
  tesseract: textSetting('TESSERACT_PATH', {
    doc: 'The program that reads pictures of text. Unless set, `tesseract` is looked for on the path, then the npm package; `off` reads no pictures.',
    defaultValue: 'tesseract',
  }),
  heif: textSetting('HEIF_PATH', {
    doc: 'The program that unpacks HEIC photos (of the package libheif-examples). Unless set, `heif-dec` and `heif-convert` are looked for on the path; `off` reads none: they are kept, and say so.',
    defaultValue: 'heif-dec',
  }),
  languages: textSetting('OCR_LANGUAGES', {
    doc: 'Languages of the pictures as tesseract names them, with plus signs: eng+hin. The npm package reads English only.',
    defaultValue: 'eng',
  }),
  pages: numberSetting('OCR_MAX_PAGES', {
    doc: 'How many pages of a document are read; one with more is kept, and says that it was not read.',
    defaultValue: 60,
    minimum: 1,
    maximum: 2000,
  }),
  seconds: numberSetting('OCR_MAX_SECONDS', {
    doc: 'How long the reading of one document may take before it is ended.',
    defaultValue: 300,
    minimum: 5,
    maximum: 1800,
  }),
  memoryMb: numberSetting('OCR_MAX_MEMORY_MB', {
    doc: 'How much memory the reading of one document may take before it is ended; never more than 60 % of what the machine gives the platform.',
    defaultValue: 640,
    minimum: 128,
    maximum: 8000,
  }),
}
