import type { backupsEnglish } from '../../operations/backupTexts.ts'
import type { Partly } from '../translation.ts'

/** Malay of the backups that are made, checked and practised at the screen. */
export const malayBackups: Partly<typeof backupsEnglish> = {
  make: 'Buat sandaran sekarang',
  none: 'Belum ada sandaran dalam folder data.',
  check: 'Semak',
  drill: 'Latih pemulihan',
  drillText: 'Latihan memulihkan sandaran di tempat yang berasingan, memastikan ia lengkap, lalu membuangnya semula.',
  command: 'Perkara yang sama melalui perintah, juga untuk tempat lain:',
  begun: 'Kerja telah bermula. Anda boleh meninggalkan halaman ini.',
  works: {
    backup: 'Sandaran sedang ditulis dan dibaca semula.',
    check: 'Sandaran sedang dibaca hingga akhir.',
    drill: 'Sandaran sedang dipulihkan untuk latihan.',
  },
  whole: {
    backup: (tables, files) => `Ditulis dan lengkap: ${tables} jadual, ${files} fail.`,
    check: (tables, files) => `Lengkap: ${tables} jadual, ${files} fail.`,
    drill: (tables, files) => `Latihan berjaya: ${tables} jadual dan ${files} fail dipulihkan.`,
  },
  failed: 'Gagal',
}
