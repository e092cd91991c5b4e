import type { english } from './english.ts'

/** Arabic of the pages of the frame itself. */
export const arabic: typeof english = {
  languages: 'اللغة',
  back: 'رجوع',
  toStart: 'إلى البداية',
  problemTitle: 'لم ينجح ذلك',
  requestId: (id) => `معرّف الطلب، إن احتجت إلى مساعدة: ${id}`,
  connecting: {
    stale: {
      title: 'لم يعد تسجيل الدخول هذا صالحًا',
      text: 'استُخدم من قبل، أو استغرق وقتًا طويلًا، أو بدأ في متصفح آخر. يُرجى الربط من جديد.',
    },
    declined: { title: 'لم يُمنح الإذن', text: 'لم يُربط شيء. يمكنك المحاولة من جديد.' },
    refused: { title: 'لم يُقبل تسجيل الدخول', text: 'لم يُربط شيء. يُرجى الربط من جديد.' },
    away: { title: 'تعذر الوصول إلى الطرف الآخر', text: 'لم يُربط شيء. يُرجى الربط من جديد لاحقًا.' },
    connected: { title: 'تم الربط', text: 'سيكون ما لديه هنا خلال دقائق.' },
  },
  developers: {
    title: 'صحتك بين يديك',
    text: 'سجلك الصحي على جهازك أنت. وهو يعمل.',
    tryIt: 'جرّب الواجهة البرمجية',
    reference: 'المرجع',
    services: 'الخدمات',
    health: 'حالة الخدمات',
  },
  docs: {
    reference: 'مرجع الواجهة البرمجية',
    withoutScripts: 'المرجع من دون برمجة نصية',
    schemas: 'المخططات',
    tryIt: 'جرّب',
    errors: 'الأخطاء',
    every: (type) => `كل خطأ هو ${type}.`,
    status: 'الحالة',
    title: 'العنوان',
    also: 'تجيب أيضًا على هذه العناوين',
    who: {
      public: 'أي شخص.',
      account: 'الحساب المسجَّل دخوله.',
      person: 'من يحق له رؤية السجل.',
      role: 'أدوار معينة.',
    },
  },
  status: {
    title: 'الحالة',
    well: 'كل شيء يعمل',
    unwell: 'هناك ما لا يعمل',
    version: (version, time) => `الإصدار \u2066${version}\u2069 · \u2066${time} UTC\u2069`,
    services: 'الخدمات',
    outside: 'الاتصالات الخارجية',
    name: 'الاسم',
    state: 'الحالة',
    about: 'نبذة',
    on: 'مفعّل',
    off: 'متوقف',
    states: { healthy: 'تعمل', degraded: 'تعمل بدون قاعدة البيانات', unavailable: 'غير متاحة' },
  },
}
