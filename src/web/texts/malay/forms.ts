import type { formsEnglish } from '../../parts/formTexts.ts'
import type { Partly } from '../translation.ts'

/** Malay of what a form says before it sends. */
export const malayForms: Partly<typeof formsEnglish> = {
  optional: 'tidak wajib',
  required: 'Ini perlu diisi.',
  choose: 'Pilih satu.',
  chooseSome: 'Pilih sekurang-kurangnya satu.',
  number: 'Tulis satu nombor, seperti 71.5.',
  comma: (digits) => `Tulis tanpa koma, seperti ${digits}.`,
  whole: 'Tulis nombor bulat.',
  between: (least, most) => `Antara ${least} dan ${most}.`,
  atLeast: (least) => `${least} atau lebih.`,
  atMost: (most) => `${most} atau kurang.`,
  tooShort: (least) => `Sekurang-kurangnya ${least} aksara.`,
  tooLong: (most) => `Paling banyak ${most} aksara.`,
  tooMany: (most) => `Paling banyak ${most} entri.`,
  date: 'Tulis tarikh penuh.',
  notBefore: (day) => `Tidak sebelum ${day}.`,
  notAfter: (day) => `Tidak selepas ${day}.`,
  email: 'Tulis alamat e-mel, seperti name@example.org.',
}
