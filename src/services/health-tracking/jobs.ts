import type { JobDefinition } from '../../kernel/service.ts'
import type { DeviceReading } from './domain/deviceReadings.ts'
import { forgetCopies } from './handlers/copies.ts'
import { judgeReadings, rejudge } from './handlers/deviceReadings.ts'

// The name that it was first given: jobs that wait in a queue are found by it.
export const JUDGE_READINGS = 'take-device-readings'
export const JUDGE_AGAIN = 'judge-device-reading-again'

export const jobs: readonly JobDefinition[] = [
  {
    name: JUDGE_READINGS,
    summary: 'Holds the newest readings of a device against the rules, as if a hand had entered them',
    run: (context, data) => judgeReadings(context, data.readings as unknown as readonly DeviceReading[]),
  },
  {
    name: JUDGE_AGAIN,
    summary: 'Judges by what a corrected reading of a device is now, or without one that was removed',
    run: (context, data) => rejudge(context, String(data.point), (data.reading as DeviceReading | null) ?? undefined),
  },
  {
    name: 'forget-copies',
    summary: 'Removes measurements that are copies of what device-data has; rests once none is left',
    everySeconds: 3600,
    leaseSeconds: 600,
    run: (context) => forgetCopies(context),
  },
]
