import type { english } from './english.ts'

/** Malay of the pages of the frame itself. */
export const malay: typeof english = {
  languages: 'Bahasa',
  back: 'Kembali',
  toStart: 'Ke permulaan',
  problemTitle: 'Ini tidak berjaya',
  requestId: (id) => `ID permintaan, jika anda perlukan bantuan: ${id}`,
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
