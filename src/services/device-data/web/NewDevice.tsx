import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Choice, Field, FormDialog } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { createDevice } from './endpoints.ts'
import { devicesTexts } from './texts.ts'

/** Lists a device by hand. */
export function NewDevice({ onClose }: { readonly onClose: () => void }) {
  const t = devicesTexts().devices
  const send = async (input: Read<typeof fields.createDevice>, key: string) => {
    await call(createDevice, input, { key })
    refresh()
    onClose()
    say(t.added(input.name))
  }
  return (
    <FormDialog title={t.add} onClose={onClose} onSend={send} submit={t.add}>
      <Field of={fields.createDevice.name} label={t.name} hint={t.nameHint} isFirst />
      <Choice of={fields.createDevice.device_type} label={t.type} words={t.types} />
      <div class="pair">
        <Field of={fields.createDevice.manufacturer} label={t.maker} />
        <Field of={fields.createDevice.model} label={t.model} />
      </div>
    </FormDialog>
  )
}
