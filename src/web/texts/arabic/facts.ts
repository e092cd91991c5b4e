import type { factsEnglish } from '../../../services/user-profile/web/factsTexts.ts'

/** Arabic of the facts about a person that decide ranges and rules. */
export const arabicFacts: typeof factsEnglish = {
  lead: 'بها يُعرف أي النطاقات والقواعد تناسب. لا أحد مُلزم بالإجابة؛ وما تفرغه يُحذف.',
  born: 'تاريخ الميلاد',
  blood: 'فصيلة الدم',
  sex: 'الجنس عند الولادة',
  unsaid: 'لم يُذكر',
  female: 'أنثى',
  male: 'ذكر',
  intersex: 'ثنائي الجنس',
  pregnant: 'الحمل',
  pregnantHint: 'تختلف نطاقات المختبر في كل ثلث من الحمل. يمكنك حذف ذلك في أي وقت.',
  yes: 'نعم',
  no: 'لا',
  due: 'موعد الولادة المتوقع',
  dueHint: 'منه يُعرف ثلث الحمل.',
  saved: 'تم الحفظ.',
}
