import { arabicCare } from './care.ts'
import { arabicDevices } from './devices.ts'
import { arabicDoors } from './doors.ts'
import { arabicHanding } from './handing.ts'
import { arabicPrivacy } from './privacy.ts'
import { arabicWelcome } from './welcome.ts'

/** Arabic of the pages that are not opened every day: a chunk of its own, beside the frame. */
export const arabicMore = {
  care: arabicCare,
  handing: arabicHanding,
  devices: arabicDevices,
  doors: arabicDoors,
  privacy: arabicPrivacy,
  welcome: arabicWelcome,
}
