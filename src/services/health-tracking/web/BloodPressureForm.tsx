import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { measured } from '../../../web/format.ts'
import { Field, Form, Tick } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { asEnglish, citation, saidByServer } from '../../../web/texts/serverWords.ts'
import { deleteVital, recordBloodPressure } from './endpoints.ts'
import { Note, When } from './MetricForm.tsx'
import { standingOf, type Vital } from './words.ts'

/** Both numbers, and what the published rule says of them before anything else happens. */
export function BloodPressureForm() {
  const t = recordTexts().add
  const [made, setMade] = useState<Vital>()
  const send = async (input: Read<typeof fields.recordBloodPressure>, key: string) => {
    setMade(await call(recordBloodPressure, input, { key }))
    refresh()
  }
  if (made !== undefined) return <Result vital={made} />
  return (
    <Form onSend={send} submit={texts().form.save} class="form card">
      <div class="pair">
        <Field of={fields.recordBloodPressure.systolic} label={t.systolic} hint={t.systolicHint} isFirst />
        <Field of={fields.recordBloodPressure.diastolic} label={t.diastolic} hint={t.diastolicHint} />
        <Field of={fields.recordBloodPressure.heart_rate} label={t.pulse} />
      </div>
      <Tick of={fields.recordBloodPressure.has_warning_symptoms} label={t.warningSymptoms} />
      <When of={fields.recordBloodPressure.timestamp} />
      <Note of={fields.recordBloodPressure.measurement_notes} />
    </Form>
  )
}

/** Stays until the person goes on: a grave level must not vanish by itself. */
function Result({ vital }: { readonly vital: Vital }) {
  const t = recordTexts()
  const { assessment } = vital
  // What was there before is not this entry's to take back.
  const isNew = vital.duplicate_of === undefined
  const standing = standingOf({ assessment, position: null })
  const undo = async () => {
    await call(deleteVital, { id: vital.id })
    refresh()
    say(texts().toast.undone)
    go('/app/today')
  }
  return (
    <section class={`card result ${standing?.look ?? 'calm'}`} role="status">
      <p class="figure">
        <strong>
          {measured(vital.systolic ?? 0)}/{measured(vital.diastolic ?? 0)}
        </strong>{' '}
        mmHg
      </p>
      {!isNew && <p class="soft">{t.add.known}</p>}
      {standing !== undefined && <span class={`tag ${standing.look}`}>{standing.word}</span>}
      {assessment.message !== null && <p class="lead" {...saidByServer(assessment.message)} />}
      {vital.warnings.map((warning) => (
        <p key={warning} {...saidByServer(warning)} />
      ))}
      <p class="soft">
        {t.evidence.source}: <bdi {...asEnglish()}>{citation(assessment.source)}</bdi>
      </p>
      <div class="actions">
        <button type="button" class="button" onClick={() => go('/app/today')}>
          {t.add.done}
        </button>
        {isNew && (
          <button type="button" class="link" onClick={() => undo().catch(complain)}>
            {texts().toast.undo}
          </button>
        )}
      </div>
    </section>
  )
}
