import type { hospitalEnglish } from '../../../services/medical-records/web/hospitalTexts.ts'
import type { Partly } from '../translation.ts'

/** Arabic of the connections with hospitals. */
export const arabicHospitals: Partly<typeof hospitalEnglish> = {
  title: 'المستشفيات',
  lead: 'يجلب ما لدى المستشفى عنك. لا يُحتسب شيء قبل أن تقبله.',
  none: 'لم يُعدّ مشغّل هذا الخادم أي مستشفى. أضف ملفات المستشفى بدلاً من ذلك: PDF أو C-CDA أو HL7 أو FHIR.',
  notHere: 'لم يعد متاحاً على هذا الخادم.',
  text: 'تسجّل الدخول لدى المستشفى ثم تعود إلى هنا.',
  connect: (name) => `الربط مع ${name}`,
  states: { connected: 'مرتبط', expired: 'سجّل الدخول من جديد', error: 'لم يُقرأ كل شيء' },
  last: (when) => `آخر قراءة ${when}`,
  reading: 'تجري القراءة.',
  found: (n) => `وُجد ${n}`,
  outcomes: { nothing: 'لا جديد', not_open: 'غير متاح', failed: 'لم يُقرأ', later: 'في المرة القادمة' },
  kinds: {
    'vital-signs': 'القياسات الحيوية',
    'social-history': 'نمط الحياة',
    Encounter: 'الزيارات',
    CarePlan: 'الخطط',
    Goal: 'الأهداف',
    Device: 'الأجهزة',
  },
  what: 'ما وجدته القراءة الأخيرة',
  again: 'اقرأ من جديد',
  all: 'اقرأ كل شيء من جديد',
  end: 'قطع الربط',
  endText: 'ينتهي الوصول هناك وهنا. ما قبلته يبقى في سجلك، وما ينتظر يُحذف.',
  ended: 'قُطع الربط.',
  endedHere: 'قُطع الربط هنا. لم يؤكده المستشفى: أنهِ الوصول هناك أيضاً.',
  faults: {
    away: 'تعذّر الوصول إلى خادم المستشفى. ستُعاد المحاولة لاحقاً.',
    busy: 'خادم المستشفى مشغول الآن. ستُعاد المحاولة لاحقاً.',
    broken: 'تعذّرت قراءة إجابة خادم المستشفى.',
    refused: 'لم يعد المستشفى يتيح الوصول. سجّل الدخول من جديد.',
    version: 'خادم المستشفى يستخدم إصداراً من FHIR لا يُقرأ هنا؛ يُقرأ هنا R4 فقط.',
    not_set_up: 'هذا المستشفى غير مُعدّ على هذا الخادم.',
  },
  kept: 'زيارات وخطط وأجهزة قبلتها',
}
