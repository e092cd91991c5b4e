import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
import { QrCode } from '../../../web/parts/QrCode.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { Categories, tickedOf } from './Categories.tsx'
import { createLink } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

const DAYS = ['1', '7', '30', '90'] as const
const USES = ['', '1', '5', '20'] as const

/** Makes a link that shows some categories to whoever holds it. */
export function NewLink({ onClose }: { readonly onClose: () => void }) {
  const t = privacyTexts().sharing
  const [url, setUrl] = useState<string>()
  const send = async (values: Values, key: string) => {
    const [passcode, uses] = [given(values, 'passcode'), given(values, 'max_uses')]
    const input = {
      label: given(values, 'label') ?? t.linkDefault,
      categories: tickedOf(values),
      expires_days: Number(values.expires_days),
      ...(passcode === undefined ? {} : { passcode }),
      ...(uses === undefined ? {} : { max_uses: Number(uses) }),
    }
    setUrl((await call(createLink, input, { key })).url)
    refresh()
  }
  return (
    <Dialog title={t.newLink} onClose={onClose}>
      {url === undefined ? (
        <Form onSend={send} submit={t.make}>
          <Field name="label" label={t.linkLabel} placeholder={t.linkDefault} maxLength={100} isFirst />
          <Categories />
          <Ending days={DAYS} />
          <Field name="passcode" label={t.passcode} hint={t.passcodeHint} maxLength={64} />
        </Form>
      ) : (
        <MadeLink url={url} text={t.linkOnce} onClose={onClose} />
      )}
    </Dialog>
  )
}

/** When and after how many openings a link ends. */
export function Ending({ days }: { readonly days: readonly string[] }) {
  const t = privacyTexts().sharing
  return (
    <>
      <Choice name="expires_days" label={t.until} options={days.map((one) => [one, t.days(Number(one))] as const)} />
      <Choice
        name="max_uses"
        label={t.uses}
        options={USES.map((uses) => [uses, uses === '' ? t.usesMany : t.usesTimes(Number(uses))] as const)}
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
      <p class="secret">
        <code>{address}</code>
      </p>
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
