import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { createDevice } from './endpoints.ts'
import { devicesEnglish, devicesTexts } from './texts.ts'

type Type = keyof typeof devicesEnglish.devices.types
const TYPES = Object.keys(devicesEnglish.devices.types) as Type[]

/** Lists a device by hand. */
export function NewDevice({ onClose }: { readonly onClose: () => void }) {
  const t = devicesTexts().devices
  const send = async (values: Values, key: string) => {
    const name = (values.name ?? '').trim()
    const manufacturer = given(values, 'manufacturer')
    const model = given(values, 'model')
    const input = {
      name,
      device_type: values.device_type as Type,
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(model === undefined ? {} : { model }),
    }
    await call(createDevice, input, { key })
    refresh()
    onClose()
    say(t.added(name))
  }
  return (
    <Dialog title={t.add} onClose={onClose}>
      <Form onSend={send} submit={t.add}>
        <Field name="name" label={t.name} hint={t.nameHint} maxLength={100} isFirst />
        <Choice name="device_type" label={t.type} options={TYPES.map((one) => [one, t.types[one]] as const)} />
        <div class="pair">
          <Field name="manufacturer" label={t.maker} maxLength={100} />
          <Field name="model" label={t.model} maxLength={100} />
        </div>
      </Form>
    </Dialog>
  )
}
