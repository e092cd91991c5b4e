import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { fieldTime, measured } from '../../../web/format.ts'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { FieldOf, Read } from '../../../web/parts/fieldTable.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { metricName, saidByServer } from '../../../web/texts/serverWords.ts'
import { deleteMetric, recordMetric } from './endpoints.ts'
import { entryUnit, type MetricTypeInfo } from './words.ts'

/** One number with its unit, which this device remembers. */
export function MetricForm({ info }: { readonly info: MetricTypeInfo }) {
  const t = recordTexts().add
  // Whoever chooses other units begins anew.
  const memory = `salus.unit.${info.metric_type}.${entryUnit(info)}`
  const kept = localStorage.getItem(memory)
  const unit = info.units.find((one) => one === kept) ?? entryUnit(info)
  const send = async (input: Read<typeof fields.recordMetric>, key: string) => {
    const made = await call(recordMetric, { ...input, metric_type: info.metric_type }, { key })
    if (input.unit != null) localStorage.setItem(memory, input.unit)
    refresh()
    go('/app/today')
    // What was there before is not this entry's to take back.
    if (made.duplicate_of !== undefined) return say(t.known)
    const said = t.saved(metricName(info), measured(made.value), made.unit)
    say([said, ...made.warnings.map((one) => saidByServer(one).children)].join('. '), async () => {
      await call(deleteMetric, { id: made.id })
      refresh()
    })
  }
  return (
    <Form onSend={send} submit={texts().form.save} class="form card">
      <div class="value-and-unit">
        <Field of={fields.recordMetric.value} label={t.value} isFirst />
        <UnitField info={info} unit={unit} />
      </div>
      <When of={fields.recordMetric.timestamp} />
      <Note of={fields.recordMetric.notes} />
    </Form>
  )
}

function UnitField({ info, unit }: { readonly info: MetricTypeInfo; readonly unit: string }) {
  const t = recordTexts().add
  const of = fields.recordMetric.unit
  if (info.units.length === 0) return <Field of={of} label={t.unit} />
  return <Choice of={of} label={t.unit} value={unit} options={info.units.map((one) => [one, one] as const)} />
}

/** When it was; now, unless it is changed. */
export function When({ of }: { readonly of: FieldOf }) {
  return <Field of={of} label={recordTexts().add.when} value={fieldTime(new Date())} />
}

/** A remark of the person's own, out of the way until it is wanted. */
export function Note({ of }: { readonly of: FieldOf }) {
  const t = recordTexts().add
  return (
    <details>
      <summary>{t.addNote}</summary>
      <Field of={of} label={t.note} />
    </details>
  )
}
