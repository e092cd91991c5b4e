import type { displayEnglish } from '../../pages/displayTexts.ts'

/** Arabic of how values and dates are read. */
export const arabicDisplay: typeof displayEnglish = {
  lead: 'كيف تقرأ القيم، أيًّا كان صاحب السجل. وما كُتب يبقى كما هو.',
  units: 'الوزن والطول والحرارة',
  glucose: 'الغلوكوز',
  results: 'نتائج أخرى',
  asReported: 'كما في التقرير',
  days: 'الأيام',
  inWords: 'بالكلمات',
  clock: 'الساعة',
}
