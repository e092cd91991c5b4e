import type { waitingEnglish } from '../../pages/waitingTexts.ts'
import type { Partly } from '../translation.ts'

/** Hindi of what waits on this device. */
export const hindiWaiting: Partly<typeof waitingEnglish> = {
  title: 'इस उपकरण पर सहेजा हुआ',
  lead: 'यहाँ लिखा है, और सर्वर के जवाब देने पर एक बार भेजा जाएगा।',
  empty: 'कुछ बाकी नहीं है। सर्वर के पास सब कुछ है।',
  sendNow: 'अभी भेजें',
  still: 'सर्वर अब भी जवाब नहीं दे रहा। सब कुछ यहीं सुरक्षित है।',
  said: (when) => `${when} लिखा गया`,
  refused: 'स्वीकार नहीं हुआ',
  mend: 'सुधारें',
  mendTitle: 'सुधारकर फिर भेजें',
  send: 'भेजें',
  discard: 'हटा दें',
  discardTitle: 'यह प्रविष्टि हटा दें?',
  discardText: 'यह भेजी नहीं गई थी। कोई इसे वापस नहीं ला सकता।',
  keep: 'रखें',
  discarded: 'प्रविष्टि हटा दी गई।',
  routes: {
    '/metrics': 'माप',
    '/vitals/blood-pressure': 'रक्तचाप',
    '/symptoms': 'लक्षण',
    '/wellness/wellness-metrics': 'मैं कैसा महसूस करता/करती हूँ',
    '/preferences': 'इकाइयाँ और तारीखें',
  },
  signOut: {
    title: 'बिना भेजी प्रविष्टियों के साथ साइन आउट करें?',
    text: (n) => `${n} प्रविष्टियाँ इस उपकरण पर सहेजी हैं और भेजी नहीं गईं। साइन आउट करने पर वे हट जाएँगी।`,
    anyway: 'हटाएँ और साइन आउट करें',
    stay: 'साइन इन रहें',
  },
}
