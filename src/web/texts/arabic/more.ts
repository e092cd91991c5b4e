import { arabicDevices } from './devices.ts'
import { arabicDoors } from './doors.ts'
import { arabicLabs } from './labs.ts'
import { arabicPrivacy } from './privacy.ts'
import { arabicRecords } from './records.ts'
import { arabicWelcome } from './welcome.ts'

/** Arabic of the pages that are not opened every day: a chunk of its own, beside the frame. */
export const arabicMore = {
  devices: arabicDevices,
  doors: arabicDoors,
  labs: arabicLabs,
  privacy: arabicPrivacy,
  records: arabicRecords,
  welcome: arabicWelcome,
}
