import type { formsEnglish } from '../../parts/formTexts.ts'
import type { Partly } from '../translation.ts'

/** Arabic of what a form says before it sends. */
export const arabicForms: Partly<typeof formsEnglish> = {
  optional: 'اختياري',
  required: 'هذا الحقل مطلوب.',
  choose: 'اختر واحدًا.',
  chooseSome: 'اختر واحدًا على الأقل.',
  number: 'اكتب رقمًا، مثل 71.5',
  comma: (digits) => `اكتبه من دون فاصلة، مثل ${digits}`,
  whole: 'اكتب عددًا صحيحًا.',
  between: (least, most) => `بين ${least} و${most}.`,
  atLeast: (least) => `${least} أو أكثر.`,
  atMost: (most) => `${most} أو أقل.`,
  tooShort: (least) => `عدد الأحرف ${least} على الأقل.`,
  tooLong: (most) => `عدد الأحرف ${most} على الأكثر.`,
  tooMany: (most) => `عدد الإدخالات ${most} على الأكثر.`,
  date: 'اكتب تاريخًا كاملًا.',
  notBefore: (day) => `ليس قبل ${day}.`,
  notAfter: (day) => `ليس بعد ${day}.`,
  email: 'اكتب عنوان بريد إلكتروني، مثل name@example.org',
}
