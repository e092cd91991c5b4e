import type { hospitalEnglish } from '../../../services/medical-records/web/hospitalTexts.ts'
import type { Partly } from '../translation.ts'

/** Hindi of the connections with hospitals. */
export const hindiHospitals: Partly<typeof hospitalEnglish> = {
  title: 'अस्पताल',
  lead: 'अस्पताल में आपके बारे में जो है, वह यहाँ लाता है। आपके स्वीकार करने से पहले कुछ भी नहीं गिना जाता।',
  none: 'इस सर्वर पर कोई अस्पताल नहीं जोड़ा गया है। इसके बजाय अपने अस्पताल की फ़ाइलें जोड़ें: PDF, C-CDA, HL7 या FHIR।',
  notHere: 'यह अब इस सर्वर पर उपलब्ध नहीं है।',
  text: 'आप अस्पताल में साइन इन करते हैं और यहाँ लौट आते हैं।',
  connect: (name) => `${name} से जोड़ें`,
  states: { connected: 'जुड़ा है', expired: 'फिर से साइन इन करें', error: 'सब कुछ नहीं पढ़ा गया' },
  last: (when) => `पिछली बार ${when} को पढ़ा गया`,
  reading: 'पढ़ा जा रहा है।',
  found: (n) => `${n} मिले`,
  outcomes: { nothing: 'कुछ नया नहीं', not_open: 'खुला नहीं', failed: 'नहीं पढ़ा गया', later: 'अगली बार' },
  kinds: {
    'vital-signs': 'शारीरिक माप',
    'social-history': 'जीवनशैली',
    Encounter: 'मुलाक़ातें',
    CarePlan: 'योजनाएँ',
    Goal: 'लक्ष्य',
    Device: 'उपकरण',
  },
  what: 'पिछली बार क्या मिला',
  again: 'फिर से पढ़ें',
  end: 'कनेक्शन हटाएँ',
  endText: 'पहुँच वहाँ और यहाँ समाप्त हो जाती है। आपने जो स्वीकार किया वह रिकॉर्ड में रहता है; जो प्रतीक्षा में है वह हट जाता है।',
  ended: 'कनेक्शन हटा दिया गया।',
  endedHere: 'यहाँ कनेक्शन हटा दिया गया। अस्पताल ने पुष्टि नहीं की: वहाँ भी पहुँच समाप्त करें।',
  kept: 'स्वीकार की गई मुलाक़ातें, योजनाएँ और उपकरण',
}
