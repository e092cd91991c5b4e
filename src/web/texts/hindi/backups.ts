import type { backupsEnglish } from '../../operations/backupTexts.ts'
import type { Partly } from '../translation.ts'

/** Hindi of the backups that are made, checked and practised at the screen. */
export const hindiBackups: Partly<typeof backupsEnglish> = {
  make: 'अभी बैकअप बनाएँ',
  none: 'डेटा फ़ोल्डर में अभी कोई बैकअप नहीं है।',
  check: 'जाँचें',
  drill: 'बहाली का अभ्यास करें',
  drillText: 'अभ्यास में बैकअप को एक अलग जगह वापस लाया जाता है, देखा जाता है कि वह पूरा है, और फिर हटा दिया जाता है।',
  command: 'यही काम कमांड से, किसी और जगह के लिए भी:',
  begun: 'काम शुरू हो गया है। आप यह पेज छोड़ सकते हैं।',
  works: {
    backup: 'बैकअप लिखा और वापस पढ़ा जा रहा है।',
    check: 'बैकअप अंत तक पढ़ा जा रहा है।',
    drill: 'अभ्यास के लिए बैकअप वापस लाया जा रहा है।',
  },
  whole: {
    backup: (tables, files) => `लिखा गया और पूरा है: ${tables} तालिकाएँ, ${files} फ़ाइलें।`,
    check: (tables, files) => `पूरा है: ${tables} तालिकाएँ, ${files} फ़ाइलें।`,
    drill: (tables, files) => `अभ्यास सफल रहा: ${tables} तालिकाएँ और ${files} फ़ाइलें वापस आईं।`,
  },
  failed: 'विफल',
}
