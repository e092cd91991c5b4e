import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { useField } from '../../../web/parts/formState.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { deleteSymptom, recordSymptom } from './endpoints.ts'
import { Note, When } from './MetricForm.tsx'

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/** What it is, where it belongs and how strong it is. */
export function SymptomForm() {
  const t = recordTexts().symptoms
  const send = async (input: Read<typeof fields.recordSymptom>, key: string) => {
    const made = await call(recordSymptom, input, { key })
    refresh()
    go('/app/symptoms')
    say(t.saved(made.symptom_name), async () => {
      await call(deleteSymptom, { id: made.id })
      refresh()
    })
  }
  return (
    <Form onSend={send} submit={texts().form.save} class="form card">
      <Field of={fields.recordSymptom.symptom_name} label={t.what} hint={t.whatHint} isFirst />
      <Choice of={fields.recordSymptom.symptom_category} label={t.category} words={t.categories} />
      <Severity />
      <When of={fields.recordSymptom.start_time} />
      <Note of={fields.recordSymptom.description} />
    </Form>
  )
}

function Severity() {
  const t = recordTexts().symptoms
  const { name } = useField({ of: fields.recordSymptom.severity_level })
  return (
    <fieldset class="levels">
      <legend>{t.severity}</legend>
      {LEVELS.map((level) => (
        <label key={level}>
          <input type="radio" name={name} value={level} defaultChecked={level === 4} />
          <span>{level}</span>
        </label>
      ))}
      <p class="ends" aria-hidden="true">
        <span>{t.mild}</span>
        <span>{t.worst}</span>
      </p>
    </fieldset>
  )
}
