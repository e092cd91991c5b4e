import { useState } from 'preact/hooks'
import { signIn } from '../../services/auth/web/endpoints.ts'
import { OtherWays } from '../../services/auth/web/OtherWays.tsx'
import { call, Problem } from '../client/endpoint.ts'
import { loadSession } from '../client/session.ts'
import { Field, Form, given, type Values } from '../parts/Form.tsx'
import { LanguageChoice } from '../parts/LanguageChoice.tsx'
import { Mark } from '../parts/Mark.tsx'
import { goOn, Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** E-mail and password; the code of the authenticator app when the account asks for one. */
export function SignInPage() {
  const t = texts().door
  const [needsCode, setNeedsCode] = useState(false)
  const send = async (values: Values) => {
    const { email = '', password = '' } = values
    const code = given(values, 'totp')?.replaceAll(' ', '')
    const isBackup = code !== undefined && !/^\d{6}$/.test(code)
    try {
      await call(signIn, { email: email.trim(), password, ...(isBackup ? { backup_code: code } : { totp: code }) })
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
      <Form onSend={send} submit={t.signIn}>
        <Field name="email" label={t.email} type="email" autocomplete="username" isFirst />
        <Field name="password" label={t.password} type="password" autocomplete="current-password" />
        {needsCode && (
          <Field
            key="code"
            name="totp"
            label={t.code}
            hint={t.codeHint}
            autocomplete="one-time-code"
            inputMode="text"
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
