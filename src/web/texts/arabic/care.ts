import type { careEnglish } from '../../care/texts.ts'
import type { Partly } from '../translation.ts'
import { count } from './count.ts'

/** Arabic of looking after others, and of the search. */
export const arabicCare: Partly<typeof careEnglish> = {
  board: 'من أعتني بهم',
  boardText: 'من يحتاج إلى المتابعة أولاً',
  empty: 'لا سجلّ لغيرك مفتوح لك بعد.',
  states: {
    urgent: 'يحتاج متابعة الآن',
    alert: 'يحتاج متابعة',
    due: 'هناك ما حان وقته',
    calm: 'لا شيء معلّق',
    quiet: 'لا جديد',
    closed: 'غير مفتوح لك',
  },
  alerts: (n) =>
    count(n, 'لا تنبيه مفتوح', 'تنبيه مفتوح واحد', 'تنبيهان مفتوحان', 'تنبيهات مفتوحة', 'تنبيهًا مفتوحًا', 'تنبيه مفتوح'),
  last: 'آخر قياس',
  lastOne: (what, when) => `${what}، ${when}`,
  never: 'لا شيء بعد',
  due: 'فحص يُعاد',
  overdue: (day) => `منذ ${day}`,
  shared: 'مُشارَك معك',
  page: 'في صفحة واحدة',
  print: 'طباعة',
  none: 'لم يُكتب شيء.',
  closed: 'هذا الجزء غير مُشارَك معك.',
  labs: 'أحدث النتائج',
  vitals: 'آخر 90 يومًا',
  usual: (range) => `المعتاد ${range}`,
  course: (name, n) => `${name}: ${count(n, 'لا قيمة', 'قيمة واحدة', 'قيمتان', 'قيم', 'قيمة', 'قيمة')} في آخر 90 يومًا`,
  more: (n) => `و${n} أخرى`,
  partly: 'تعذّر السؤال عن جزء منه الآن، وهو غير موجود هنا.',
  search: 'بحث',
  searchLabel: 'ابحث في كل شيء',
  searchHint: 'بالأسماء والعناوين والملاحظات. النص داخل الأوراق مشفَّر: لا يُبحث فيه.',
  nothing: 'لا شيء فيه هذه الكلمات.',
  found: (n) =>
    count(
      n,
      'لم يُعثر على شيء',
      'عُثر على شيء واحد',
      'عُثر على شيئين',
      'أشياء عُثر عليها',
      'شيئًا عُثر عليه',
      'شيء عُثر عليه',
    ),
  kinds: {
    page: 'صفحة',
    person: 'شخص',
    metric: 'قياس',
    device: 'جهاز',
    symptom: 'عرَض',
    goal: 'هدف',
    alert: 'تنبيه',
    lab: 'نتيجة',
  },
}
