import type { factsEnglish } from '../../../services/user-profile/web/factsTexts.ts'

/** Malay of the facts about a person that decide ranges and rules. */
export const malayFacts: typeof factsEnglish = {
  lead: 'Ia menentukan julat dan peraturan yang sesuai. Tiada yang wajib dijawab; apa yang dikosongkan akan dibuang.',
  born: 'Tarikh lahir',
  blood: 'Kumpulan darah',
  sex: 'Jantina semasa lahir',
  unsaid: 'Tidak dinyatakan',
  female: 'Perempuan',
  male: 'Lelaki',
  intersex: 'Interseks',
  pregnant: 'Hamil',
  pregnantHint: 'Julat makmal berbeza pada setiap trimester. Anda boleh membuangnya pada bila-bila masa.',
  yes: 'Ya',
  no: 'Tidak',
  due: 'Tarikh jangka bersalin',
  dueHint: 'Ia menunjukkan trimester.',
  saved: 'Disimpan.',
}
