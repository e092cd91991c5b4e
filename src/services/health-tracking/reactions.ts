import { type Reaction, reaction } from '../../kernel/service.ts'
import { deviceData } from '../device-data/contract.ts'
import { readingsIn } from './domain/deviceReadings.ts'
import { TAKE_READINGS } from './jobs.ts'

/** What a device measured is judged as what a hand entered: by a job, because rules may have to ask the profile. */
const onDeviceData = reaction({
  name: 'device-readings',
  on: deviceData.events.rawDataReceived,
  async handle(context, { id, data }, transaction) {
    const readings = readingsIn(data.metadata, context.now())
    if (readings.length === 0) return
    await transaction.enqueue(TAKE_READINGS, { readings }, { key: `device-readings/${id}` })
  },
})

export const reactions: readonly Reaction[] = [onDeviceData as Reaction]
