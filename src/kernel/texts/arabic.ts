import type { english } from './english.ts'

/** Arabic of the pages of the frame itself. */
export const arabic: typeof english = {
  languages: 'اللغة',
  back: 'رجوع',
  toStart: 'إلى البداية',
  problemTitle: 'لم ينجح ذلك',
  requestId: (id) => `معرّف الطلب، إن احتجت إلى مساعدة: ${id}`,
  status: {
    title: 'الحالة',
    well: 'كل شيء يعمل',
    unwell: 'هناك ما لا يعمل',
    version: (version, time) => `الإصدار ${version} · ${time} UTC`,
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
