import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { Categories, tickedOf } from './Categories.tsx'
import { createGrant } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

const RELATIONS = ['family', 'caregiver', 'clinician', 'other'] as const
const DAYS = ['7', '30', '90', '365'] as const
const DAY_MS = 86_400_000

/** Lets somebody into some categories until a day: each is chosen, none is set beforehand. */
export function NewGrant({ onClose }: { readonly onClose: () => void }) {
  const t = privacyTexts().sharing
  const [code, setCode] = useState<string>()
  const send = async (values: Values, key: string) => {
    const label = given(values, 'label')
    const input = {
      email: (values.email ?? '').trim(),
      relation: values.relation as (typeof RELATIONS)[number],
      access: values.access as 'read' | 'write',
      categories: tickedOf(values),
      ends_at: new Date(Date.now() + Number(values.days) * DAY_MS).toISOString(),
      ...(label === undefined ? {} : { label }),
    }
    const made = await call(createGrant, input, { key })
    refresh()
    if (made.invitation_code !== undefined) return setCode(made.invitation_code)
    onClose()
    say(t.invited)
  }
  return (
    <Dialog title={t.invite} onClose={onClose}>
      {code === undefined ? (
        <Form onSend={send} submit={t.send}>
          <Field name="email" label={t.email} type="email" autocomplete="off" isFirst />
          <Field name="label" label={t.label} maxLength={100} />
          <Choice
            name="relation"
            label={t.relation}
            options={RELATIONS.map((one) => [one, t.relations[one]] as const)}
          />
          <Categories />
          <Choice
            name="access"
            label={t.may}
            options={[
              ['read', t.read],
              ['write', t.write],
            ]}
          />
          <Choice
            name="days"
            label={t.until}
            value="30"
            options={DAYS.map((days) => [days, t.days(Number(days))] as const)}
          />
        </Form>
      ) : (
        <ByHand code={code} onClose={onClose} />
      )}
    </Dialog>
  )
}

/** Where the server sends no e-mail, the inviting person hands the code over. */
function ByHand({ code, onClose }: { readonly code: string; readonly onClose: () => void }) {
  const t = privacyTexts().sharing
  return (
    <>
      <p>{t.byHand}</p>
      <p class="secret">
        <code>{code}</code>
      </p>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t.done}
        </button>
      </div>
    </>
  )
}
