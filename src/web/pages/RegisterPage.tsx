import { register } from '../../services/auth/web/endpoints.ts'
import { call } from '../client/endpoint.ts'
import { loadSession } from '../client/session.ts'
import { Field, Form, type Values } from '../parts/Form.tsx'
import { LanguageChoice } from '../parts/LanguageChoice.tsx'
import { Mark } from '../parts/Mark.tsx'
import { goOn, Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** A new account: name, e-mail and password, and the person is in. */
export function RegisterPage() {
  const t = texts().door
  const send = async ({ full_name = '', email = '', password = '' }: Values) => {
    await call(register, { full_name: full_name.trim(), email: email.trim(), password })
    await loadSession()
    goOn()
  }
  return (
    <div class="door-card">
      <Mark />
      <h1>{t.begin}</h1>
      <p class="lead">{t.beginLead}</p>
      <Form onSend={send} submit={t.register}>
        <Field name="full_name" label={t.name} autocomplete="name" maxLength={200} isFirst />
        <Field name="email" label={t.email} type="email" autocomplete="username" />
        <Field name="password" label={t.password} type="password" autocomplete="new-password" hint={t.passwordHint} />
      </Form>
      <p class="below">
        {t.hasAccount} <Link to="/app/sign-in">{t.signIn}</Link>
      </p>
      <LanguageChoice />
    </div>
  )
}
