import { malayDevices } from './devices.ts'
import { malayDoors } from './doors.ts'
import { malayLabs } from './labs.ts'
import { malayPrivacy } from './privacy.ts'
import { malayRecords } from './records.ts'
import { malayWelcome } from './welcome.ts'

/** Malay of the pages that are not opened every day: a chunk of its own, beside the frame. */
export const malayMore = {
  devices: malayDevices,
  doors: malayDoors,
  labs: malayLabs,
  privacy: malayPrivacy,
  records: malayRecords,
  welcome: malayWelcome,
}
