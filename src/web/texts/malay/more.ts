import { malayCare } from './care.ts'
import { malayDevices } from './devices.ts'
import { malayDoors } from './doors.ts'
import { malayHanding } from './handing.ts'
import { malayPrivacy } from './privacy.ts'
import { malayWelcome } from './welcome.ts'

/** Malay of the pages that are not opened every day: a chunk of its own, beside the frame. */
export const malayMore = {
  care: malayCare,
  handing: malayHanding,
  devices: malayDevices,
  doors: malayDoors,
  privacy: malayPrivacy,
  welcome: malayWelcome,
}
