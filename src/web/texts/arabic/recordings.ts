import type { recordingsEnglish } from '../../../services/device-data/web/recordingTexts.ts'
import type { Partly } from '../translation.ts'

/** Arabic of traces that devices recorded. */
export const arabicRecordings: Partly<typeof recordingsEnglish> = {
  title: 'تسجيلات تخطيط القلب',
  door: 'كما رسمتها ساعتك',
  one: 'تخطيط القلب',
  none: 'لم يؤخذ أي تخطيط للقلب بعد. يأتي بها تصدير Apple Health.',
  unsaid: 'غير مصنف',
  said: 'هذا ما قاله الجهاز لا Salus، وليس تشخيصًا.',
  symptoms: 'أعراض ذكرتها له',
  seconds: (n) => `${n} ث`,
  scale: '25 مم في الثانية، 10 مم لكل ملي فولت',
  summary: (n, low, high) => `رسم مدته ${n} ثانية، من ${low} إلى ${high} ميكروفولت. مرّر جانبًا لترى كله.`,
  removeText: 'يُزال نهائيًا: لا يعيده أي استيراد.',
  removeNow: 'إزالة هذا التخطيط',
  removed: 'أُزيل تخطيط القلب.',
}
