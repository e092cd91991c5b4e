import type { displayEnglish } from '../../pages/displayTexts.ts'

/** Malay of how values and dates are read. */
export const malayDisplay: typeof displayEnglish = {
  lead: 'Cara anda membaca nilai, walau rekod siapa pun. Yang telah ditulis kekal seperti asal.',
  units: 'Berat, panjang, suhu',
  glucose: 'Glukosa',
  results: 'Keputusan lain',
  asReported: 'Seperti dilaporkan',
  days: 'Hari',
  inWords: 'Dalam perkataan',
  clock: 'Jam',
}
