import type { waitingEnglish } from '../../pages/waitingTexts.ts'
import type { Partly } from '../translation.ts'
import { count } from './count.ts'

/** Arabic of what waits on this device. */
export const arabicWaiting: Partly<typeof waitingEnglish> = {
  title: 'محفوظ على هذا الجهاز',
  lead: 'مدوّن هنا، ويُرسل مرة واحدة حين يجيب الخادم.',
  empty: 'لا شيء ينتظر. كل شيء لدى الخادم.',
  sendNow: 'إرسال الآن',
  still: 'لا يزال الخادم لا يجيب. كل شيء باقٍ هنا.',
  said: (when) => `دُوّن ${when}`,
  refused: 'لم يُقبل',
  mend: 'تصحيح',
  mendTitle: 'التصحيح وإعادة الإرسال',
  send: 'إرسال',
  discard: 'تجاهل',
  discardTitle: 'تجاهل هذا الإدخال؟',
  discardText: 'لم يُرسل، ولا يمكن لأحد استعادته.',
  keep: 'إبقاء',
  discarded: 'أُزيل الإدخال.',
  routes: {
    '/metrics': 'قياس',
    '/vitals/blood-pressure': 'ضغط الدم',
    '/symptoms': 'عَرَض',
    '/wellness/wellness-metrics': 'كيف أشعر',
    '/preferences': 'الوحدات والتواريخ',
  },
  signOut: {
    title: 'تسجيل الخروج مع إدخالات لم تُرسل؟',
    text: (n) =>
      `${count(n, 'لا إدخالات', 'إدخال واحد', 'إدخالان', 'إدخالات', 'إدخالًا', 'إدخال')} على هذا الجهاز دون إرسال. يؤدي تسجيل الخروج إلى حذفها.`,
    anyway: 'الحذف وتسجيل الخروج',
    stay: 'البقاء',
  },
}
