import type { english } from './english.ts'

/** Hindi of the pages of the frame itself. */
export const hindi: typeof english = {
  languages: 'भाषा',
  back: 'वापस',
  toStart: 'शुरुआत पर जाएँ',
  problemTitle: 'यह नहीं हो सका',
  requestId: (id) => `मदद माँगते समय यह अनुरोध आईडी बताएँ: ${id}`,
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
