import { PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { deviceSettings } from '../domain/settings.ts'
import type { Maker } from '../providers/maker.ts'
import { FILE_MAKERS, isConfigured, makersOf } from '../providers/makers.ts'
import { type ConnectionRow, connectedDevices, findConnection } from '../store/connections.ts'
import { type DeviceRow, findDevice } from '../store/devices.ts'
import { insertTask, openTask } from '../store/tasks.ts'

const DEFAULT_DAYS = 30

/** The maker of a name, registered or not; undefined for one whose API is not spoken. */
export function makerNamed(context: Context, name: string): Maker | undefined {
  return makersOf(settingsOf(context, deviceSettings)).get(name)
}

export function allMakers(context: Context): Maker[] {
  return [...makersOf(settingsOf(context, deviceSettings)).values()]
}

/**
 * The maker with the keys to speak to it. An unconfigured one refuses with `unavailable` and one that can't be connected
 * with `conflict`: there are no numbers in the place of measured ones.
 */
export function requireMaker(context: Context, name: string): Maker {
  const maker = makerNamed(context, name)
  if (maker === undefined) {
    const hint = FILE_MAKERS[name]?.hint ?? 'Send a file to the imports, or values to /health-data/ingest.'
    throw new PlatformError(
      'conflict',
      `An account at ${FILE_MAKERS[name]?.label ?? 'this maker'} can’t be connected. ${hint}`,
    )
  }
  if (!isConfigured(maker)) {
    throw new PlatformError(
      'unavailable',
      `${maker.label} is not configured on this server: its operator has to register there. Files can be imported meanwhile.`,
    )
  }
  return maker
}

/** The connection of a device. Throws `conflict` when there is none that works. */
export async function requireConnection(context: Context, device: DeviceRow): Promise<ConnectionRow> {
  const connection = await findConnection(context.db, device.id)
  if (connection !== undefined && connection.status !== 'disconnected') return connection
  throw new PlatformError('conflict', 'This device has no connected account: connect one, import a file or send values')
}

/** Queues a sync of a device, with a task to ask after; one that waits or runs already is that task. */
export async function queueSync(context: Context, device: DeviceRow, days: number | undefined): Promise<string> {
  const connection = await requireConnection(context, device)
  requireMaker(context, connection.provider)
  const open = await openTask(context.db, device.source)
  if (open !== undefined) return open.id
  const now = context.now()
  const id = context.newId()
  await context.transact(async (transaction) => {
    await insertTask(transaction, context.personId, {
      ...{ id, source: device.source, status: 'queued', accepted: 0, skipped: 0, days: days ?? DEFAULT_DAYS },
      ...{ detail: null, created_at: now, updated_at: now },
    })
    const data = { device_id: device.id, task_id: id, ...(days === undefined ? {} : { days }) }
    await transaction.enqueue('sync', data, { key: `sync/${device.id}` })
  })
  return id
}

/** The device of the person through which a source or maker is connected. */
export async function connectedDeviceOf(context: Context, source: string): Promise<DeviceRow | undefined> {
  const found = (await connectedDevices(context.db)).find((one) => one.source === source || one.provider === source)
  return found === undefined ? undefined : findDevice(context.db, found.device_id)
}
