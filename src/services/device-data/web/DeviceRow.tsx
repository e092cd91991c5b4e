import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { FormDialog, Tick } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import type { deviceData } from '../contract.ts'
import { deleteDevice, disconnectIntegration, integrationInfo, syncIntegration } from './endpoints.ts'
import { devicesTexts } from './texts.ts'
import { named } from './words.ts'

type Device = OutputOf<(typeof deviceData)['operations']['listDevices']>['items'][number]

interface DeviceRowProps {
  readonly device: Device
  /** When its last values came, in words. */
  readonly last: string
}

/** One device: how it stands, and what can be done with it. */
export function DeviceRow({ device, last }: DeviceRowProps) {
  const t = devicesTexts().devices
  const [isRemoving, setRemoving] = useState(false)
  const isAccount = device.connection_type === 'api'
  const { value: info } = useQuery(integrationInfo, isAccount ? { device_id: device.id } : undefined)
  const status = isAccount && info !== undefined ? info.status : device.status
  const isConnected = info?.status === 'connected'
  const about = [named(t.types, device.device_type), device.manufacturer, device.model].filter((one) => one !== null)
  const sync = async () => {
    await call(syncIntegration, { device_id: device.id })
    refresh()
    say(t.syncing)
  }
  const disconnect = async () => {
    await call(disconnectIntegration, { device_id: device.id })
    refresh()
    say(t.disconnected)
  }
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{device.name}</strong> <span class={`tag ${lookOf(status)}`}>{statusWord(status)}</span>
        <small class="soft" dir="auto">
          {about.join(' · ')}
        </small>
        <small class="soft">{last}</small>
        {info?.last_error != null && (
          <small class="soft" dir="auto">
            {info.last_error}
          </small>
        )}
      </span>
      {isConnected && (
        <>
          <button type="button" class="button quiet" onClick={() => sync().catch(complain)}>
            {t.sync}
          </button>
          <button type="button" class="link" onClick={() => disconnect().catch(complain)}>
            {t.disconnect}
          </button>
        </>
      )}
      <button
        type="button"
        class="link"
        aria-label={texts().form.removeOne(device.name)}
        onClick={() => setRemoving(true)}
      >
        {devicesTexts().remove}
      </button>
      {isRemoving && <RemoveDevice device={device} onClose={() => setRemoving(false)} />}
    </li>
  )
}

/** `not_connected` and `waiting` of a connection are what a device says as `disconnected` and `connecting`. */
function statusWord(status: string): string {
  const same: Readonly<Record<string, string>> = { not_connected: 'connecting', waiting: 'connecting' }
  return named(devicesTexts().devices.statuses, same[status] ?? status)
}

function lookOf(status: string): string {
  if (status === 'active' || status === 'connected' || status === 'syncing') return 'good'
  return status === 'error' || status === 'expired' ? 'warn' : ''
}

function RemoveDevice({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const t = devicesTexts().devices
  const remove = async (input: Read<typeof fields.deleteDevice>) => {
    await call(deleteDevice, { ...input, id: device.id })
    refresh()
    onClose()
    say(t.removed(device.name))
  }
  return (
    <FormDialog title={t.removeTitle(device.name)} onClose={onClose} onSend={remove} submit={t.removeNow} isDangerous>
      <p>{t.removeText}</p>
      <Tick of={fields.deleteDevice.with_data} label={t.withData} />
    </FormDialog>
  )
}
