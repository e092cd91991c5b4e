import type { english } from './english.ts'

/** Hindi of the pages of the frame itself. */
export const hindi: typeof english = {
  languages: 'भाषा',
  back: 'वापस',
  toStart: 'शुरुआत पर जाएँ',
  problemTitle: 'यह नहीं हो सका',
  requestId: (id) => `मदद माँगते समय यह अनुरोध आईडी बताएँ: ${id}`,
  connecting: {
    stale: {
      title: 'यह साइन-इन अब मान्य नहीं है',
      text: 'इसका उपयोग हो चुका है, बहुत देर हो गई, या यह किसी दूसरे ब्राउज़र में शुरू हुआ था। कृपया फिर से जोड़ें।',
    },
    declined: { title: 'अनुमति नहीं दी गई', text: 'कुछ भी नहीं जोड़ा गया। आप फिर से कोशिश कर सकते हैं।' },
    refused: { title: 'साइन-इन स्वीकार नहीं हुआ', text: 'कुछ भी नहीं जोड़ा गया। कृपया फिर से जोड़ें।' },
    away: { title: 'दूसरी ओर से संपर्क नहीं हो सका', text: 'कुछ भी नहीं जोड़ा गया। कृपया बाद में फिर से जोड़ें।' },
    connected: { title: 'जुड़ गया', text: 'वहाँ जो कुछ है, कुछ मिनटों में यहाँ होगा।' },
  },
  developers: {
    title: 'आपका स्वास्थ्य, आपके हाथ में',
    text: 'आपका स्वास्थ्य रिकॉर्ड, आपकी अपनी मशीन पर। यह चल रहा है।',
    tryIt: 'API आज़माएँ',
    reference: 'संदर्भ',
    services: 'सेवाएँ',
    health: 'सेवाओं की स्थिति',
  },
  docs: {
    reference: 'API संदर्भ',
    withoutScripts: 'बिना स्क्रिप्ट का संदर्भ',
    schemas: 'स्कीमा',
    tryIt: 'आज़माएँ',
    errors: 'त्रुटियाँ',
    every: (type) => `हर त्रुटि ${type} होती है।`,
    status: 'स्थिति',
    title: 'शीर्षक',
    also: 'इन पतों पर भी जवाब देता है',
    who: {
      public: 'कोई भी।',
      account: 'साइन इन किया हुआ खाता।',
      person: 'जो रिकॉर्ड देख सकता है।',
      role: 'कुछ भूमिकाएँ।',
    },
  },
  status: {
    title: 'स्थिति',
    well: 'सब कुछ चल रहा है',
    unwell: 'कुछ नहीं चल रहा है',
    version: (version, time) => `संस्करण ${version} · ${time} UTC`,
    services: 'सेवाएँ',
    outside: 'बाहर के संपर्क',
    name: 'नाम',
    state: 'स्थिति',
    about: 'विवरण',
    on: 'चालू',
    off: 'बंद',
    states: { healthy: 'चल रही है', degraded: 'चल रही है, डेटाबेस के बिना', unavailable: 'उपलब्ध नहीं' },
  },
}
