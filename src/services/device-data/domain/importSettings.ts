import { numberSetting } from '../../../kernel/config.ts'

/** What an operator can set about imports of files. */
export const importSettings = {
  importMaximumMb: numberSetting('DEVICE_IMPORT_MAX_MB', {
    doc: 'Largest file of health data that may be given to be imported, in MB.',
    minimum: 1,
    maximum: 100_000,
    defaultValue: 4096,
  }),
  importMaximumUnpackedMb: numberSetting('DEVICE_IMPORT_MAX_UNPACKED_MB', {
    doc: 'How much an archive may hold in all once it is unpacked, in MB.',
    minimum: 1,
    maximum: 1_000_000,
    defaultValue: 20_480,
  }),
} as const
