import type { backupsEnglish } from '../../operations/backupTexts.ts'
import type { Partly } from '../translation.ts'

/** Arabic of the backups that are made, checked and practised at the screen. */
export const arabicBackups: Partly<typeof backupsEnglish> = {
  make: 'أنشئ نسخة احتياطية الآن',
  none: 'لا توجد نسخة في مجلد البيانات بعد.',
  check: 'افحص',
  drill: 'تدرّب على الاستعادة',
  drillText: 'يستعيد التدريب النسخة في مكان منفصل، ويتأكد من أنها كاملة، ثم يزيلها.',
  command: 'الأمر نفسه من سطر الأوامر، وإلى مكان آخر أيضًا:',
  begun: 'بدأ العمل. يمكنك مغادرة هذه الصفحة.',
  works: {
    backup: 'تُكتب نسخة احتياطية ثم تُقرأ من جديد.',
    check: 'تُقرأ نسخة احتياطية حتى نهايتها.',
    drill: 'تُستعاد نسخة احتياطية للتدريب.',
  },
  whole: {
    backup: (tables, files) => `كُتبت وهي كاملة. الجداول: ${tables}، الملفات: ${files}.`,
    check: (tables, files) => `كاملة. الجداول: ${tables}، الملفات: ${files}.`,
    drill: (tables, files) => `نجح التدريب. الجداول المستعادة: ${tables}، الملفات: ${files}.`,
  },
  failed: 'فشل',
}
