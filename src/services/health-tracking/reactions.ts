import { type Reaction, reaction } from '../../kernel/service.ts'
import { deviceData } from '../device-data/contract.ts'
import { readingIn, readingsIn, typeOfDevice } from './domain/deviceReadings.ts'
import { JUDGE_AGAIN, JUDGE_READINGS } from './jobs.ts'

/** What a device measured is judged as what a hand entered: by a job, because rules may have to ask the profile. */
const onDeviceData = reaction({
  name: 'device-readings',
  on: deviceData.events.rawDataReceived,
  async handle(context, { id, data }, transaction) {
    const readings = readingsIn(data.metadata, context.now())
    if (readings.length === 0) return
    await transaction.enqueue(JUDGE_READINGS, { readings }, { key: `device-readings/${id}` })
  },
})

const onCorrection = reaction({
  name: 'device-corrections',
  on: deviceData.events.dataProcessed,
  async handle(context, { id, data }, transaction) {
    const { data_point_id: point, data_type, value, unit, metadata } = data
    if (point === null || data_type === null || typeOfDevice(data_type) === undefined) return
    const reading = readingIn({ ...metadata, data_point_id: point, data_type, value, unit }, context.now())
    await transaction.enqueue(JUDGE_AGAIN, { point, reading: reading ?? null }, { key: `device-corrections/${id}` })
  },
})

export const reactions: readonly Reaction[] = [onDeviceData as Reaction, onCorrection as Reaction]
