import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Field, Form, type Values } from '../../../web/parts/Form.tsx'
import { Shown } from '../../../web/parts/Page.tsx'
import { QrCode } from '../../../web/parts/QrCode.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { accountTexts } from '../../../web/texts/account.ts'
import { texts } from '../../../web/texts/catalogue.ts'
import { disableTotp, mfaState, setupTotp, verifyTotp } from './endpoints.ts'

/** The authenticator app as a second step of signing in. */
export function SecondStep() {
  const t = accountTexts()
  const answer = useQuery(mfaState, {})
  const [open, setOpen] = useState<'on' | 'off'>()
  const close = () => setOpen(undefined)
  return (
    <section class="card">
      <h2>{t.secondStep}</h2>
      <Shown answer={answer} lines={1}>
        {({ enabled, backup_codes_left }) => (
          <div class="row">
            <p class="soft">{enabled ? t.secondStepOn(backup_codes_left) : t.secondStepOff}</p>
            <button type="button" class="button quiet" onClick={() => setOpen(enabled ? 'off' : 'on')}>
              {enabled ? t.turnOff : t.turnOn}
            </button>
          </div>
        )}
      </Shown>
      {open === 'on' && <TurnOn onClose={close} />}
      {open === 'off' && <TurnOff onClose={close} />}
    </section>
  )
}

interface Offer {
  readonly secret: string
  readonly url: string
}

function TurnOn({ onClose }: { readonly onClose: () => void }) {
  const t = accountTexts()
  const [offer, setOffer] = useState<Offer>()
  const [codes, setCodes] = useState<readonly string[]>()
  const begin = async ({ password = '' }: Values) => {
    const { secret, otpauth_url } = await call(setupTotp, { password })
    setOffer({ secret, url: otpauth_url })
  }
  const confirm = async ({ code = '' }: Values) => {
    const { backup_codes } = await call(verifyTotp, { code: code.replaceAll(' ', '') })
    setCodes(backup_codes)
    refresh()
  }
  return (
    <Dialog title={t.secondStep} onClose={onClose}>
      {offer === undefined && (
        <Form onSend={begin} submit={t.goOn}>
          <p>{t.passwordAgain}</p>
          <Field
            name="password"
            label={texts().door.password}
            type="password"
            autocomplete="current-password"
            isFirst
          />
        </Form>
      )}
      {offer !== undefined && codes === undefined && (
        <Form key="confirm" onSend={confirm} submit={t.confirm}>
          <p>{t.scan}</p>
          <QrCode text={offer.url} label={t.qrLabel} />
          <p class="soft">{t.orType}</p>
          <p class="secret">
            <code>{offer.secret.replace(/(.{4})/g, '$1 ').trim()}</code>
          </p>
          <Field name="code" label={t.codeOfApp} autocomplete="one-time-code" inputMode="numeric" />
        </Form>
      )}
      {codes !== undefined && <BackupCodes codes={codes} onClose={onClose} />}
    </Dialog>
  )
}

function BackupCodes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  const t = accountTexts()
  return (
    <>
      <p>{t.backupText}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t.codesKept}
        </button>
      </div>
    </>
  )
}

function TurnOff({ onClose }: { readonly onClose: () => void }) {
  const t = accountTexts()
  const send = async ({ password = '', code = '' }: Values) => {
    const typed = code.replaceAll(' ', '')
    await call(disableTotp, { password, ...(/^\d{6}$/.test(typed) ? { code: typed } : { backup_code: typed }) })
    onClose()
    refresh()
    say(t.secondStepGone)
  }
  return (
    <Dialog title={t.turnOff} onClose={onClose}>
      <Form onSend={send} submit={t.turnOff} isDangerous>
        <Field name="password" label={texts().door.password} type="password" autocomplete="current-password" isFirst />
        <Field name="code" label={t.codeOfApp} autocomplete="one-time-code" inputMode="numeric" />
      </Form>
    </Dialog>
  )
}
