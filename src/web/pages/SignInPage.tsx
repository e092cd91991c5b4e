import { useState } from 'preact/hooks'
import { signIn } from '../../services/auth/web/endpoints.ts'
import { OtherWays } from '../../services/auth/web/OtherWays.tsx'
import { call, isSignedOut, Problem } from '../client/endpoint.ts'
import { loadSession } from '../client/session.ts'
import { fields } from '../fields.ts'
import { Field, Form } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { LanguageChoice } from '../parts/LanguageChoice.tsx'
import { Mark } from '../parts/Mark.tsx'
import { goOn, Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** E-mail and password; the code of the authenticator app when the account asks for one. */
export function SignInPage() {
  const t = texts().door
  const [needsCode, setNeedsCode] = useState(false)
  const [hasEnded] = useState(isSignedOut.get)
  const send = async ({ totp, ...input }: Read<typeof fields.login>) => {
    const code = totp?.replaceAll(' ', '')
    try {
      await call(signIn, { ...input, [/^\d{6}$/.test(code ?? '') ? 'totp' : 'backup_code']: code })
    } catch (problem) {
      if (problem instanceof Problem && problem.body.mfa_required === true && !needsCode) return setNeedsCode(true)
      throw problem
    }
    await loadSession()
    goOn()
  }
  return (
    <div class="door-card">
      <Mark />
      <h1>{t.welcome}</h1>
      <p class="lead">{t.promise}</p>
      {hasEnded && (
        <p class="notice" role="status">
          {t.ended}
        </p>
      )}
      <Form onSend={send} submit={t.signIn}>
        <Field of={fields.login.email} label={t.email} type="email" autocomplete="username" isRequired isFirst />
        <Field of={fields.login.password} label={t.password} isRequired />
        {needsCode && (
          <Field
            key="code"
            of={fields.login.totp}
            label={t.code}
            hint={t.codeHint}
            autocomplete="one-time-code"
            isRequired
            isFirst
          />
        )}
      </Form>
      <OtherWays />
      <p class="below">
        {t.noAccount} <Link to="/app/register">{t.register}</Link>
      </p>
      <p class="below soft">
        <a href="/status">{t.status}</a>
      </p>
      <LanguageChoice />
    </div>
  )
}
