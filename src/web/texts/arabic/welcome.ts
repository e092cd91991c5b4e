import type { welcomeEnglish } from '../../pages/welcomeTexts.ts'
import type { Partly } from '../translation.ts'
import { count } from './count.ts'

/** Arabic of the questions after a first sign-in. */
export const arabicWelcome: Partly<typeof welcomeEnglish> = {
  title: 'البداية',
  lead: 'خمس خطوات قصيرة. تخطَّ ما تشاء وعُد متى شئت.',
  step: (n, of) => `الخطوة ${n} من ${of}`,
  steps: {
    about: 'عنك',
    import: 'أحضر ما لديك',
    health: 'ما ينبغي معرفته',
    emergency: 'للطوارئ',
    caregiver: 'من يساعدك',
  },
  next: 'حفظ ومتابعة',
  skip: 'تخطٍّ',
  goOn: 'متابعة',
  later: 'لاحقًا',
  about: {
    firstName: 'الاسم الأول',
    lastName: 'اسم العائلة',
    born: 'تاريخ الميلاد',
    bornHint: 'كثير من النطاقات يتوقف على العمر.',
    units: 'الوحدات',
    metric: 'كيلوغرام، سنتيمتر',
    imperial: 'رطل، قدم',
    language: 'اللغة',
  },
  import: {
    lead: 'لا حاجة إلى كتابة شيء مرتين. وما تختاره هنا يمكن أن ينتظر.',
    file: 'ملف من تطبيق أو جهاز',
    fileText: 'Apple Health وCSV وغيرهما',
    record: 'تقرير مختبر أو رسالة',
    recordText: 'PDF أو صورة؛ وأنت تراجع ما قُرئ',
    value: 'قياس واحد',
    valueText: 'الوزن وضغط الدم والحرارة وغيرها',
  },
  health: {
    lead: 'واحد في كل سطر. يفيد ذلك الفحوص المعدّة لك ومن يعالجك.',
    conditions: 'الأمراض',
    allergies: 'الحساسيات',
    medications: 'الأدوية التي تتناولها',
  },
  emergency: {
    lead: 'بمن نتصل إن لم تستطع؟',
    name: 'الاسم',
    phone: 'الهاتف',
    relation: 'صلته بي',
  },
  caregiver: {
    lead: 'اسمح لشخص أن يرى سجلك أو يدوّن فيه بحسابه. أنت تحدد ماذا وإلى متى، ويمكنك إنهاء ذلك في أي وقت.',
    invite: 'السماح لشخص',
    inviteText: 'العائلة أو مقدّم رعاية أو طبيب',
    keep: 'حفظ سجل لشخص',
    keepText: 'طفل أو والد أو والدة بلا حساب',
  },
  done: 'كل شيء جاهز.',
  doneText: 'يمكن تغيير كل شيء لاحقًا في «المزيد».',
  toToday: 'إلى اليوم',
  hint: 'أكمل البداية',
  hintText: (left) => `المتبقي: ${count(left, 'لا شيء', 'خطوة واحدة', 'خطوتان', 'خطوات', 'خطوة', 'خطوة')}.`,
  hintGo: 'متابعة',
  hintDismiss: 'لا تعرض هذا مجددًا',
}
