import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { useHasPassword } from '../../../web/client/session.ts'
import { fields } from '../../../web/fields.ts'
import { Dialog, Once, Secret } from '../../../web/parts/Dialog.tsx'
import { Field, Form, FormDialog } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
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

const CODE = { autocomplete: 'one-time-code', inputMode: 'numeric' } as const
const digitsOf = (code = '') => code.replaceAll(' ', '')

interface Offer {
  readonly secret: string
  readonly url: string
}

function TurnOn({ onClose }: { readonly onClose: () => void }) {
  const t = accountTexts()
  const hasPassword = useHasPassword()
  const [offer, setOffer] = useState<Offer>()
  const [codes, setCodes] = useState<readonly string[]>()
  const begin = async (input: Read<typeof fields.setupTotp>) => {
    const { secret, otpauth_url } = await call(setupTotp, input)
    setOffer({ secret, url: otpauth_url })
  }
  const confirm = async ({ code }: Read<typeof fields.verifyTotp>) => {
    setCodes((await call(verifyTotp, { code: digitsOf(code) })).backup_codes)
    refresh()
  }
  return (
    <Dialog title={t.secondStep} onClose={onClose}>
      {offer === undefined && (
        <Form onSend={begin} submit={t.goOn}>
          {hasPassword && (
            <Field
              of={fields.setupTotp.password}
              label={texts().door.password}
              hint={t.passwordAgain}
              isRequired
              isFirst
            />
          )}
        </Form>
      )}
      {offer !== undefined && codes === undefined && (
        <Form key="confirm" onSend={confirm} submit={t.confirm}>
          <p>{t.scan}</p>
          <QrCode text={offer.url} label={t.qrLabel} />
          <p class="soft">{t.orType}</p>
          <Secret>{offer.secret.replace(/(.{4})/g, '$1 ').trim()}</Secret>
          <Field of={fields.verifyTotp.code} label={t.codeOfApp} isRequired {...CODE} />
        </Form>
      )}
      {codes !== undefined && <BackupCodes codes={codes} onClose={onClose} />}
    </Dialog>
  )
}

function BackupCodes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  const t = accountTexts()
  return (
    <Once text={t.backupText} done={t.codesKept} onClose={onClose}>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Once>
  )
}

function TurnOff({ onClose }: { readonly onClose: () => void }) {
  const t = accountTexts()
  const hasPassword = useHasPassword()
  const send = async ({ code, password }: Read<typeof fields.disableTotp>) => {
    const typed = digitsOf(code)
    await call(disableTotp, { password, [/^\d{6}$/.test(typed) ? 'code' : 'backup_code']: typed })
    onClose()
    refresh()
    say(t.secondStepGone)
  }
  return (
    <FormDialog title={t.turnOff} onClose={onClose} onSend={send} submit={t.turnOff} isDangerous>
      {hasPassword && <Field of={fields.disableTotp.password} label={texts().door.password} isRequired isFirst />}
      <Field of={fields.disableTotp.code} label={t.codeOfApp} isRequired {...CODE} />
    </FormDialog>
  )
}
