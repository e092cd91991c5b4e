import type { InputOf } from '../../../kernel/contract.ts'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { instantOf } from '../../../web/format.ts'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import type { healthTracking } from '../contract.ts'
import { deleteSymptom, recordSymptom } from './endpoints.ts'
import { Note, When } from './MetricForm.tsx'

type NewSymptom = InputOf<typeof healthTracking.operations.recordSymptom>

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const
const CATEGORIES = [
  'pain',
  'general',
  'fatigue',
  'respiratory',
  'gastrointestinal',
  'cardiovascular',
  'neurological',
  'musculoskeletal',
  'dermatological',
  'sleep',
  'mood',
  'cognitive',
  'ophthalmological',
  'otolaryngological',
  'genitourinary',
  'reproductive',
  'sexual',
  'endocrine',
  'immunological',
  'psychiatric',
] as const satisfies readonly NewSymptom['symptom_category'][]

/** What it is, where it belongs and how strong it is. */
export function SymptomForm() {
  const t = recordTexts().symptoms
  const send = async (values: Values, key: string) => {
    const input = {
      symptom_name: (values.symptom_name ?? '').trim(),
      symptom_category: values.symptom_category,
      severity_level: values.severity_level === undefined ? undefined : Number(values.severity_level),
      start_time: instantOf(values.start_time),
      description: given(values, 'description'),
    } as NewSymptom
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
      <Field name="symptom_name" label={t.what} hint={t.whatHint} maxLength={200} isFirst />
      <Choice
        name="symptom_category"
        label={t.category}
        options={CATEGORIES.map((one) => [one, t.categories[one]] as const)}
      />
      <fieldset class="levels">
        <legend>{t.severity}</legend>
        {LEVELS.map((level) => (
          <label key={level}>
            <input type="radio" name="severity_level" value={level} defaultChecked={level === 4} />
            <span>{level}</span>
          </label>
        ))}
        <p class="ends" aria-hidden="true">
          <span>{t.mild}</span>
          <span>{t.worst}</span>
        </p>
      </fieldset>
      <When name="start_time" />
      <Note name="description" />
    </Form>
  )
}
