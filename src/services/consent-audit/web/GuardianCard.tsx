import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { proveGuardian, readGuardianProof } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

/** For a child only a proven guardian consents: here one becomes proven. Nothing is shown where none is needed. */
export function GuardianCard() {
  const t = privacyTexts().consents
  const answer = useQuery(readGuardianProof, {})
  const status = answer.value?.status
  if (status === 'waiting') return <p class="notice">{t.waiting}</p>
  if (status !== 'needed' && status !== 'refused') return null
  const send = async (values: Values) => {
    const password = given(values, 'password')
    const proof = await call(proveGuardian, {
      relationship: values.relationship as 'parent' | 'legal_guardian',
      declaration: true,
      ...(password === undefined ? {} : { password }),
    })
    refresh()
    say(proof.status === 'verified' ? t.proved : t.waiting)
  }
  return (
    <section class="card">
      <p>{t.guardian}</p>
      <Form onSend={send} submit={t.declare}>
        <Choice
          name="relationship"
          label={t.relationship}
          options={[
            ['parent', t.relationships.parent],
            ['legal_guardian', t.relationships.legal_guardian],
          ]}
        />
        <Field name="password" label={t.password} type="password" autocomplete="current-password" />
      </Form>
    </section>
  )
}
