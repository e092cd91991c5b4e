import { register } from '../../services/auth/web/endpoints.ts'
import { call } from '../client/endpoint.ts'
import { loadSession } from '../client/session.ts'
import { fields } from '../fields.ts'
import { Field, Form } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { LanguageChoice } from '../parts/LanguageChoice.tsx'
import { Mark } from '../parts/Mark.tsx'
import { goOn, Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** A new account: name, e-mail and password, and the person is in. */
export function RegisterPage() {
  const t = texts().door
  const send = async (input: Read<typeof fields.register>) => {
    await call(register, input)
    await loadSession()
    goOn()
  }
  return (
    <div class="door-card">
      <Mark />
      <h1>{t.begin}</h1>
      <p class="lead">{t.beginLead}</p>
      <Form onSend={send} submit={t.register}>
        <Field of={fields.register.full_name} label={t.name} autocomplete="name" isRequired isFirst />
        <Field of={fields.register.email} label={t.email} autocomplete="username" />
        <Field of={fields.register.password} label={t.password} autocomplete="new-password" hint={t.passwordHint} />
      </Form>
      <p class="below">
        {t.hasAccount} <Link to="/app/sign-in">{t.signIn}</Link>
      </p>
      <LanguageChoice />
    </div>
  )
}
