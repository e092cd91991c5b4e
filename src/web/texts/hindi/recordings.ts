import type { recordingsEnglish } from '../../../services/device-data/web/recordingTexts.ts'
import type { Partly } from '../translation.ts'

/** Hindi of traces that devices recorded. */
export const hindiRecordings: Partly<typeof recordingsEnglish> = {
  title: 'ECG रिकॉर्डिंग',
  door: 'जैसी आपकी घड़ी ने खींची',
  one: 'ECG',
  none: 'अभी कोई ECG नहीं ली गई। Apple Health का निर्यात उन्हें लाता है।',
  unsaid: 'वर्गीकृत नहीं',
  said: 'यह उपकरण कहता है, Salus नहीं। यह कोई निदान नहीं है।',
  symptoms: 'आपके बताए लक्षण',
  seconds: (n) => `${n} सेकंड`,
  scale: '25 मिमी प्रति सेकंड, 10 मिमी प्रति मिलीवोल्ट',
  summary: (n, low, high) => `${n} सेकंड की रेखा, ${low} से ${high} µV तक। पूरी देखने के लिए बग़ल में खिसकाएँ।`,
  removeText: 'यह हमेशा के लिए हट जाएगी: कोई आयात इसे वापस नहीं लाता।',
  removeNow: 'यह ECG हटाएँ',
  removed: 'ECG हटाई गई।',
}
