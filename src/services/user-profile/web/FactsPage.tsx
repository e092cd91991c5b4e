import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { loadSession } from '../../../web/client/session.ts'
import { fields } from '../../../web/fields.ts'
import { fieldDay } from '../../../web/format.ts'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Page, Shown } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import type { userProfile } from '../contract.ts'
import { changeProfile, readProfile } from './endpoints.ts'
import { factsTexts } from './factsTexts.ts'

/** What stands in the choice for each status that a profile may hold. */
const SHOWN = {
  pregnant: 'pregnant',
  not_pregnant: 'not_pregnant',
  not_applicable: 'not_pregnant',
  unknown: '',
} as const

const BLOOD_GROUPS = ['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-'] as const

/** Days around today in which a pregnancy is due, as the server takes them. */
const DUE_SINCE = 366
const DUE_WITHIN = 294

type Known = OutputOf<(typeof userProfile)['operations']['readProfile']>

/** What ranges and rules ask of a person: their age, the sex of their body, a pregnancy. */
export function FactsPage() {
  const profile = useQuery(readProfile, {})
  return (
    <Page title={texts().more.facts} lead={factsTexts().lead} back={['/app/more', texts().nav.more]}>
      <Shown answer={profile} lines={4}>
        {(known) => <FactsForm known={known} />}
      </Shown>
    </Page>
  )
}

function FactsForm({ known }: { readonly known: Known }) {
  const t = factsTexts()
  const [sex, setSex] = useState(known.sex_at_birth ?? '')
  const shown = SHOWN[known.pregnancy_status ?? 'unknown']
  const [status, setStatus] = useState<string>(shown)
  const isPregnant = sex !== 'male' && status === 'pregnant'
  const send = async (change: Read<typeof fields.changeProfile>) => {
    const said = change.pregnancy_status ?? null
    const isSame = (said ?? '') === shown
    await call(changeProfile, {
      ...change,
      // A status that stays keeps the day on which it was said.
      pregnancy_status: isSame ? undefined : said,
      pregnancy_due_date: change.pregnancy_due_date ?? null,
    })
    refresh()
    await loadSession()
    say(t.saved)
  }
  return (
    <Form onSend={send} submit={texts().form.save} class="form card" isChange>
      <Field of={fields.changeProfile.date_of_birth} label={t.born} value={known.date_of_birth} autocomplete="bday" />
      <Choice
        of={fields.changeProfile.blood_type}
        label={t.blood}
        options={['', ...BLOOD_GROUPS].map((one) => [one, one || t.unsaid] as const)}
        value={known.blood_type ?? ''}
      />
      <Choice
        of={fields.changeProfile.sex_at_birth}
        label={t.sex}
        options={[
          ['', t.unsaid],
          ['female', t.female],
          ['male', t.male],
          ['intersex', t.intersex],
        ]}
        value={sex}
        onPick={setSex}
      />
      {sex !== 'male' && (
        <Choice
          of={fields.changeProfile.pregnancy_status}
          label={t.pregnant}
          hint={t.pregnantHint}
          options={[
            ['', t.unsaid],
            ['pregnant', t.yes],
            ['not_pregnant', t.no],
          ]}
          value={status}
          onPick={setStatus}
        />
      )}
      {isPregnant && <DueDate day={known.pregnancy_due_date} />}
    </Form>
  )
}

function DueDate({ day }: { readonly day: Known['pregnancy_due_date'] }) {
  const t = factsTexts()
  const [min, max] = [fieldDay(-DUE_SINCE), fieldDay(DUE_WITHIN)]
  const of = fields.changeProfile.pregnancy_due_date
  return <Field of={of} label={t.due} hint={t.dueHint} value={day} min={min} max={max} />
}
