import type { recordingsEnglish } from '../../../services/device-data/web/recordingTexts.ts'
import type { Partly } from '../translation.ts'

/** Malay of traces that devices recorded. */
export const malayRecordings: Partly<typeof recordingsEnglish> = {
  title: 'Rakaman ECG',
  door: 'Seperti yang dilukis jam anda',
  one: 'ECG',
  none: 'Belum ada ECG diambil. Eksport Apple Health membawanya.',
  unsaid: 'Tidak dikelaskan',
  said: 'Dikatakan oleh peranti, bukan Salus. Ini bukan diagnosis.',
  symptoms: 'Gejala yang anda beritahu',
  seconds: (n) => `${n} s`,
  scale: '25 mm sesaat, 10 mm bagi satu milivolt',
  summary: (n, low, high) => `Surihan ${n} saat, dari ${low} hingga ${high} µV. Tatal ke sisi untuk melihat semuanya.`,
  removeText: 'Ia hilang terus: tiada import membawanya kembali.',
  removeNow: 'Buang ECG ini',
  removed: 'ECG telah dibuang.',
}
