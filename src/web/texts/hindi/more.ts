import { hindiCare } from './care.ts'
import { hindiDevices } from './devices.ts'
import { hindiDoors } from './doors.ts'
import { hindiHanding } from './handing.ts'
import { hindiPrivacy } from './privacy.ts'
import { hindiWelcome } from './welcome.ts'

/** Hindi of the pages that are not opened every day: a chunk of its own, beside the frame. */
export const hindiMore = {
  care: hindiCare,
  handing: hindiHanding,
  devices: hindiDevices,
  doors: hindiDoors,
  privacy: hindiPrivacy,
  welcome: hindiWelcome,
}
