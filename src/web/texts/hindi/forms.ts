import type { formsEnglish } from '../../parts/formTexts.ts'
import type { Partly } from '../translation.ts'

/** Hindi of what a form says before it sends. */
export const hindiForms: Partly<typeof formsEnglish> = {
  optional: 'ज़रूरी नहीं',
  required: 'इसे भरना ज़रूरी है।',
  choose: 'एक चुनें।',
  chooseSome: 'कम से कम एक चुनें।',
  number: 'एक संख्या लिखें, जैसे 71.5',
  comma: (digits) => `इसे अल्पविराम के बिना लिखें, जैसे ${digits}`,
  whole: 'पूर्ण संख्या लिखें।',
  between: (least, most) => `${least} और ${most} के बीच।`,
  atLeast: (least) => `${least} या अधिक।`,
  atMost: (most) => `${most} या कम।`,
  tooShort: (least) => `कम से कम ${least} अक्षर।`,
  tooLong: (most) => `अधिक से अधिक ${most} अक्षर।`,
  tooMany: (most) => `अधिक से अधिक ${most} प्रविष्टियाँ।`,
  date: 'पूरी तारीख लिखें।',
  notBefore: (day) => `${day} से पहले नहीं।`,
  notAfter: (day) => `${day} के बाद नहीं।`,
  email: 'ई-मेल पता लिखें, जैसे name@example.org',
}
