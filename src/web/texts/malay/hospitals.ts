import type { hospitalEnglish } from '../../../services/medical-records/web/hospitalTexts.ts'
import type { Partly } from '../translation.ts'

/** Malay of the connections with hospitals. */
export const malayHospitals: Partly<typeof hospitalEnglish> = {
  title: 'Hospital',
  lead: 'Membawa apa yang ada tentang anda di hospital. Tiada yang dikira sebelum anda menerimanya.',
  none: 'Pengendali pelayan ini belum menyediakan mana-mana hospital. Tambah fail hospital anda: PDF, C-CDA, HL7 atau FHIR.',
  notHere: 'Ia tidak lagi disediakan di pelayan ini.',
  text: 'Anda log masuk di hospital dan kembali ke sini.',
  connect: (name) => `Sambung ${name}`,
  states: { connected: 'Bersambung', expired: 'Log masuk semula', error: 'Tidak semua dibaca' },
  last: (when) => `Kali terakhir dibaca ${when}`,
  reading: 'Sedang dibaca.',
  found: (n) => `${n} ditemui`,
  outcomes: { nothing: 'tiada yang baharu', not_open: 'tidak dibuka', failed: 'tidak dibaca', later: 'lain kali' },
  kinds: {
    'vital-signs': 'Tanda vital',
    'social-history': 'Cara hidup',
    Encounter: 'Lawatan',
    CarePlan: 'Pelan',
    Goal: 'Matlamat',
    Device: 'Peranti',
  },
  what: 'Apa yang ditemui kali terakhir',
  again: 'Baca semula',
  all: 'Baca semuanya semula',
  end: 'Putuskan',
  endText: 'Akses tamat di sana dan di sini. Yang anda terima kekal dalam rekod; yang masih menunggu dibuang.',
  ended: 'Sambungan diputuskan.',
  endedHere: 'Diputuskan di sini. Hospital tidak mengesahkannya: tamatkan akses di sana juga.',
  faults: {
    away: 'Pelayan hospital tidak dapat dihubungi. Ia akan dicuba lagi nanti.',
    busy: 'Pelayan hospital sedang sibuk. Ia akan dicuba lagi nanti.',
    broken: 'Jawapan pelayan hospital tidak dapat dibaca.',
    refused: 'Hospital tidak lagi memberi akses. Log masuk semula.',
    version: 'Pelayan hospital menggunakan versi FHIR yang tidak dibaca di sini; hanya R4 dibaca.',
    not_set_up: 'Hospital ini tidak disediakan di pelayan ini.',
  },
  kept: 'Lawatan, pelan dan peranti yang anda terima',
}
