import type { english } from './english.ts'

/** Malay of the pages of the frame itself. */
export const malay: typeof english = {
  languages: 'Bahasa',
  back: 'Kembali',
  toStart: 'Ke permulaan',
  problemTitle: 'Ini tidak berjaya',
  requestId: (id) => `ID permintaan, jika anda perlukan bantuan: ${id}`,
  connecting: {
    stale: {
      title: 'Log masuk ini tidak sah lagi',
      text: 'Ia sudah digunakan, mengambil masa terlalu lama, atau dimulakan dalam pelayar lain. Sila sambung semula.',
    },
    declined: { title: 'Kebenaran tidak diberi', text: 'Tiada apa-apa disambungkan. Anda boleh cuba lagi.' },
    refused: { title: 'Log masuk tidak diterima', text: 'Tiada apa-apa disambungkan. Sila sambung semula.' },
    away: {
      title: 'Pihak satu lagi tidak dapat dihubungi',
      text: 'Tiada apa-apa disambungkan. Sila sambung semula kemudian.',
    },
    connected: { title: 'Sudah disambungkan', text: 'Apa yang ada padanya akan tiba di sini dalam beberapa minit.' },
  },
  developers: {
    title: 'Kesihatan anda, di tangan anda',
    text: 'Rekod kesihatan anda, pada mesin anda sendiri. Ia sedang berjalan.',
    tryIt: 'Cuba API',
    reference: 'Rujukan',
    services: 'Perkhidmatan',
    health: 'Keadaan perkhidmatan',
  },
  docs: {
    reference: 'Rujukan API',
    withoutScripts: 'Rujukan tanpa skrip',
    schemas: 'Skema',
    tryIt: 'Cuba',
    errors: 'Ralat',
    every: (type) => `Setiap ralat ialah ${type}.`,
    status: 'Status',
    title: 'Tajuk',
    also: 'juga menjawab di',
    who: {
      public: 'Sesiapa sahaja.',
      account: 'Akaun yang telah log masuk.',
      person: 'Sesiapa yang boleh melihat rekod.',
      role: 'Peranan tertentu.',
    },
  },
  status: {
    title: 'Status',
    well: 'Semuanya berjalan',
    unwell: 'Ada yang tidak berjalan',
    version: (version, time) => `Versi ${version} · ${time} UTC`,
    services: 'Perkhidmatan',
    outside: 'Sambungan ke luar',
    name: 'Nama',
    state: 'Keadaan',
    about: 'Perihal',
    on: 'Hidup',
    off: 'Mati',
    states: { healthy: 'Berjalan', degraded: 'Berjalan tanpa pangkalan data', unavailable: 'Tidak tersedia' },
  },
}
