import type { SettingsOf } from '../../../kernel/config.ts'
import type { deviceSettings } from '../domain/settings.ts'
import { dexcom } from './dexcom.ts'
import { fitbit } from './fitbit.ts'
import type { Maker } from './maker.ts'
import { oura } from './oura.ts'
import { withings } from './withings.ts'

type DeviceSettings = SettingsOf<typeof deviceSettings>

/** The makers whose API is spoken, by name. */
export function makersOf(settings: DeviceSettings): ReadonlyMap<string, Maker> {
  const makers = [
    dexcom({ clientId: settings.dexcomId, clientSecret: settings.dexcomSecret }, settings.dexcomUrl),
    oura({ clientId: settings.ouraId, clientSecret: settings.ouraSecret }, settings.ouraUrl, settings.ouraSignInUrl),
    fitbit(
      { clientId: settings.fitbitId, clientSecret: settings.fitbitSecret },
      settings.fitbitUrl,
      settings.fitbitSignInUrl,
      settings.fitbitVerifyCode !== undefined,
    ),
    withings(
      { clientId: settings.withingsId, clientSecret: settings.withingsSecret },
      settings.withingsUrl,
      settings.withingsSignInUrl,
    ),
  ]
  return new Map(makers.map((maker) => [maker.name, maker]))
}

/** Whether the operator has registered at the maker. */
export function isConfigured(maker: Maker): boolean {
  return maker.clientId !== undefined && maker.clientSecret !== undefined
}

/** Makers whose data come by file: what to export there. */
export const FILE_MAKERS: Readonly<Record<string, { readonly label: string; readonly hint: string }>> = {
  apple_health: {
    label: 'Apple Health',
    hint: 'In the Health app: profile, Export All Health Data; send the zip to the imports.',
  },
  health_connect: {
    label: 'Health Connect',
    hint: 'Export in the settings of Health Connect, or Google Takeout; send the file to the imports.',
  },
  garmin: {
    label: 'Garmin',
    hint: 'Export your data in the Garmin account, or the FIT files of the watch; send them to the imports.',
  },
  libreview: { label: 'LibreView', hint: 'Download glucose data (CSV) in LibreView; send the file to the imports.' },
  whoop: { label: 'WHOOP', hint: 'Export your data in the WHOOP app; send the CSV to the imports with a mapping.' },
  polar: { label: 'Polar', hint: 'Export from Polar Flow (TCX, GPX or FIT); send the files to the imports.' },
  suunto: { label: 'Suunto', hint: 'Export FIT files from the Suunto app; send them to the imports.' },
  samsung: {
    label: 'Samsung Health',
    hint: 'Download personal data in Samsung Health; send the CSV to the imports with a mapping.',
  },
}
