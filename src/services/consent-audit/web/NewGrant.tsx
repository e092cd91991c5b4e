import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Dialog, Once, Secret } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, type Values } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { Categories } from './Categories.tsx'
import { createGrant } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

const DAYS = ['7', '30', '90', '365'] as const
const DAY_MS = 86_400_000

/** Lets somebody into some categories until a day: each is chosen, none is set beforehand. */
export function NewGrant({ onClose }: { readonly onClose: () => void }) {
  const t = privacyTexts().sharing
  const [code, setCode] = useState<string>()
  const send = async (input: Read<typeof fields.createGrant>, key: string, { days }: Values) => {
    const ends_at = new Date(Date.now() + Number(days) * DAY_MS).toISOString()
    const made = await call(createGrant, { ...input, ends_at }, { key })
    refresh()
    if (made.invitation_code !== undefined) return setCode(made.invitation_code)
    onClose()
    say(t.invited)
  }
  return (
    <Dialog title={t.invite} onClose={onClose}>
      {code === undefined ? (
        <Form onSend={send} submit={t.send}>
          <Field of={fields.createGrant.email} label={t.email} isRequired isFirst />
          <Field of={fields.createGrant.label} label={t.label} />
          <Choice of={fields.createGrant.relation} label={t.relation} words={t.relations} />
          <Categories of={fields.createGrant.categories} />
          <Choice of={fields.createGrant.access} label={t.may} words={{ read: t.read, write: t.write }} />
          <Choice
            name="days"
            label={t.until}
            value="30"
            options={DAYS.map((days) => [days, t.days(Number(days))] as const)}
          />
        </Form>
      ) : (
        // Where the server sends no e-mail, the inviting person hands the code over.
        <Once text={t.byHand} done={t.done} onClose={onClose}>
          <Secret>{code}</Secret>
        </Once>
      )}
    </Dialog>
  )
}
