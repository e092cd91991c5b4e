import { areaTexts } from '../texts/catalogue.ts'

/** English of the backups that are made, checked and practised at the screen. */
export const backupsEnglish = {
  make: 'Make a backup now',
  none: 'There is none in the data folder yet.',
  check: 'Check',
  drill: 'Practise a restore',
  drillText:
    'A practice brings a backup back into a place of its own, looks whether it is whole, and removes it again.',
  command: 'The same from a shell, also for another place:',
  begun: 'It has begun. You can leave this page.',
  works: {
    backup: 'A backup is being written and read back.',
    check: 'A backup is being read to its end.',
    drill: 'A backup is being brought back for practice.',
  },
  whole: {
    backup: (tables: string, files: string) => `Written and whole: ${tables} tables, ${files} files.`,
    check: (tables: string, files: string) => `Whole: ${tables} tables, ${files} files.`,
    drill: (tables: string, files: string) => `The practice worked: ${tables} tables and ${files} files came back.`,
  },
  failed: 'Failed',
}

export const backupsTexts = areaTexts('backups', backupsEnglish)
