import { appleEcg } from './appleEcg.ts'
import { appleHealth } from './appleHealth.ts'
import { headText } from './decoding.ts'
import { dexcomClarity } from './dexcomClarity.ts'
import { fit } from './fit/fitFile.ts'
import { fitbit } from './fitbit.ts'
import { genericTable } from './genericTable.ts'
import { googleFit } from './googleFit.ts'
import { healthAutoExport } from './healthAutoExport.ts'
import { healthConnect } from './healthConnect.ts'
import { libreView } from './libreView.ts'
import { nightscout } from './nightscout.ts'
import { oura } from './oura.ts'
import type { Format, Head } from './reading.ts'
import { gpx, tcx } from './tracks.ts'
import { vendorTables } from './vendorTables.ts'
import { withings } from './withings.ts'

/** How much of a file is looked at to tell what it is. */
export const HEAD_BYTES = 65_536

/** Every kind of file that can be read, the surest to tell first; any table comes last. */
export const FORMATS: readonly Format[] = [
  healthConnect,
  fit,
  appleEcg,
  appleHealth,
  gpx,
  tcx,
  healthAutoExport,
  googleFit,
  libreView,
  dexcomClarity,
  withings,
  ...vendorTables,
  oura,
  nightscout,
  fitbit,
  genericTable,
]

/** The format of a name; undefined for any other text. */
export function formatNamed(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name)
}

/** The head of a file from its first bytes. Never throws. */
export function headOf(bytes: Uint8Array, name: string): Head {
  return { bytes, text: headText(bytes.subarray(0, HEAD_BYTES)), name }
}

/** What a file is by its beginning; undefined when it is none of the formats. Any bytes may be given. */
export function formatOf(head: Head): Format | undefined {
  return FORMATS.find((format) => format.matches(head))
}

export type Container = 'zip' | 'gzip'

/** Whether a file holds others, by its first bytes. */
export function containerOf(bytes: Uint8Array): Container | undefined {
  const starts = (...wanted: readonly number[]) => wanted.every((byte, index) => bytes[index] === byte)
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'zip'
  return starts(0x1f, 0x8b) ? 'gzip' : undefined
}

/** Whether it is one of the records of clinics that Apple's export holds, each a resource of FHIR: no measurement of a device. */
export function isClinicalRecord({ name, text }: Head): boolean {
  return /(^|\/)clinical-records\/[^/]+\.json$/i.test(name) && /^\s*\{/.test(text) && text.includes('"resourceType"')
}
