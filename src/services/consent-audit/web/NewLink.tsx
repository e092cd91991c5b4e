import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Dialog, Secret } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { FieldOf, Read } from '../../../web/parts/fieldTable.ts'
import { QrCode } from '../../../web/parts/QrCode.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { Categories } from './Categories.tsx'
import { createLink } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

const DAYS = ['1', '7', '30', '90'] as const
const USES = ['', '1', '5', '20'] as const

/** Makes a link that shows some categories to whoever holds it. */
export function NewLink({ onClose }: { readonly onClose: () => void }) {
  const t = privacyTexts().sharing
  const [url, setUrl] = useState<string>()
  const send = async (input: Read<typeof fields.createLink>, key: string) => {
    setUrl((await call(createLink, { label: t.linkDefault, ...input }, { key })).url)
    refresh()
  }
  return (
    <Dialog title={t.newLink} onClose={onClose}>
      {url === undefined ? (
        <Form onSend={send} submit={t.make}>
          <Field of={fields.createLink.label} label={t.linkLabel} placeholder={t.linkDefault} isFirst />
          <Categories of={fields.createLink.categories} />
          <ShownDays from={fields.createLink.from} until={fields.createLink.until} />
          <Ending of={fields.createLink.expires_days} uses={fields.createLink.max_uses} days={DAYS} />
          <Field of={fields.createLink.passcode} label={t.passcode} hint={t.passcodeHint} />
        </Form>
      ) : (
        <MadeLink url={url} text={t.linkOnce} onClose={onClose} />
      )}
    </Dialog>
  )
}

/** Which days of the record a link shows: all, unless one side is named. */
export function ShownDays({ from, until }: { readonly from: FieldOf; readonly until: FieldOf }) {
  const t = privacyTexts().sharing
  return (
    <>
      <Field of={from} label={t.firstDay} />
      <Field of={until} label={t.lastDay} hint={t.daysHint} />
    </>
  )
}

interface EndingProps {
  readonly of: FieldOf
  readonly uses: FieldOf
  readonly days: readonly string[]
}

/** When and after how many openings a link ends. */
export function Ending({ of, uses, days }: EndingProps) {
  const t = privacyTexts().sharing
  return (
    <>
      <Choice of={of} label={t.until} options={days.map((one) => [one, t.days(Number(one))] as const)} />
      <Choice
        of={uses}
        label={t.uses}
        options={USES.map((most) => [most, most === '' ? t.usesMany : t.usesTimes(Number(most))] as const)}
      />
    </>
  )
}

interface MadeLinkProps {
  readonly url: string
  readonly text: string
  readonly onClose: () => void
  readonly children?: ComponentChildren
}

/** A link that was made, as a code and as text: shown once. */
export function MadeLink({ url, text, onClose, children }: MadeLinkProps) {
  const t = privacyTexts().sharing
  const address = url.startsWith('/') ? `${location.origin}${url}` : url
  // Over plain HTTP from another machine the browser gives no clipboard: the address can still be selected.
  const copy = async () => {
    await navigator.clipboard.writeText(address)
    say(t.copied)
  }
  return (
    <>
      <p>{text}</p>
      <QrCode text={address} label={t.qrLabel} />
      <Secret>{address}</Secret>
      {children}
      <div class="actions">
        <button type="button" class="button" onClick={() => copy().catch(complain)}>
          {t.copy}
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          {t.done}
        </button>
      </div>
    </>
  )
}
