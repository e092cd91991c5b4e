import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { useHasPassword } from '../../../web/client/session.ts'
import { fields } from '../../../web/fields.ts'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { proveGuardian, readGuardianProof } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

/** For a child only a proven guardian consents: here one becomes proven. Nothing is shown where none is needed. */
export function GuardianCard() {
  const t = privacyTexts().consents
  const hasPassword = useHasPassword()
  const answer = useQuery(readGuardianProof, {})
  const status = answer.value?.status
  if (status === 'waiting') return <p class="notice">{t.waiting}</p>
  if (status !== 'needed' && status !== 'refused') return null
  const send = async (input: Read<typeof fields.proveGuardian>) => {
    const proof = await call(proveGuardian, { ...input, declaration: true })
    refresh()
    say(proof.status === 'verified' ? t.proved : t.waiting)
  }
  return (
    <section class="card">
      <p>{t.guardian}</p>
      <Form onSend={send} submit={t.declare}>
        <Choice of={fields.proveGuardian.relationship} label={t.relationship} words={t.relationships} />
        {hasPassword && <Field of={fields.proveGuardian.password} label={t.password} isRequired />}
      </Form>
    </section>
  )
}
