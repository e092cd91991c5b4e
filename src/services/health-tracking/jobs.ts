import type { JobDefinition } from '../../kernel/service.ts'
import type { DeviceReading } from './domain/deviceReadings.ts'
import { takeReadings } from './handlers/deviceReadings.ts'

export const TAKE_READINGS = 'take-device-readings'

export const jobs: readonly JobDefinition[] = [
  {
    name: TAKE_READINGS,
    summary: 'Holds the newest readings of a device against goals and rules, as if a hand had entered them',
    run: (context, data) => takeReadings(context, data.readings as unknown as readonly DeviceReading[]),
  },
]
