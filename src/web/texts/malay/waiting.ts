import type { waitingEnglish } from '../../pages/waitingTexts.ts'
import type { Partly } from '../translation.ts'

/** Malay of what waits on this device. */
export const malayWaiting: Partly<typeof waitingEnglish> = {
  title: 'Disimpan pada peranti ini',
  lead: 'Dicatat di sini, dan dihantar sekali apabila pelayan menjawab.',
  empty: 'Tiada yang menunggu. Pelayan mempunyai semuanya.',
  sendNow: 'Hantar sekarang',
  still: 'Pelayan masih tidak menjawab. Semuanya kekal di sini.',
  said: (when) => `dicatat ${when}`,
  refused: 'Tidak diterima',
  mend: 'Betulkan',
  mendTitle: 'Betulkan dan hantar semula',
  send: 'Hantar',
  discard: 'Buang',
  discardTitle: 'Buang catatan ini?',
  discardText: 'Ia belum dihantar. Tiada siapa dapat mengembalikannya.',
  keep: 'Kekalkan',
  discarded: 'Catatan telah dibuang.',
  routes: {
    '/metrics': 'Ukuran',
    '/vitals/blood-pressure': 'Tekanan darah',
    '/symptoms': 'Simptom',
    '/wellness/wellness-metrics': 'Perasaan saya',
    '/preferences': 'Unit dan tarikh',
  },
  signOut: {
    title: 'Log keluar dengan catatan belum dihantar?',
    text: (n) => `${n} catatan disimpan pada peranti ini dan belum dihantar. Log keluar akan membuangnya.`,
    anyway: 'Buang dan log keluar',
    stay: 'Kekal log masuk',
  },
}
