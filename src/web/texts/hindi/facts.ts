import type { factsEnglish } from '../../../services/user-profile/web/factsTexts.ts'

/** Hindi of the facts about a person that decide ranges and rules. */
export const hindiFacts: typeof factsEnglish = {
  lead: 'इनसे तय होता है कि कौन-सी सीमाएँ और नियम लागू हों। उत्तर देना ज़रूरी नहीं; जो आप खाली करें, वह हट जाता है।',
  born: 'जन्म तिथि',
  blood: 'रक्त समूह',
  sex: 'जन्म के समय लिंग',
  unsaid: 'नहीं बताया',
  female: 'स्त्री',
  male: 'पुरुष',
  intersex: 'इंटरसेक्स',
  pregnant: 'गर्भवती',
  pregnantHint: 'हर तिमाही में जाँच की सीमाएँ अलग होती हैं। इसे आप कभी भी हटा सकते हैं।',
  yes: 'हाँ',
  no: 'नहीं',
  due: 'प्रसव की अनुमानित तिथि',
  dueHint: 'इससे तिमाही पता चलती है।',
  saved: 'सहेजा गया।',
}
