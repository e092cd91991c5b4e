import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { fieldDay } from '../../../web/format.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Shown } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { wholeName } from '../../../web/texts/serverWords.ts'
import { createGoal, listMetricTypes } from './endpoints.ts'
import { entryUnit, unitWord } from './words.ts'

/** A goal: what is measured, which way, how much, until when. */
export function NewGoal({ onClose }: { readonly onClose: () => void }) {
  const t = recordTexts().goals
  const types = useQuery(listMetricTypes, {})
  const [metric, setMetric] = useState('weight')
  const info = types.value?.items.find((one) => one.metric_type === metric)
  const send = async (input: Read<typeof fields.createGoal>, key: string) => {
    const title = input.title || t.defaultTitle(info === undefined ? '' : wholeName(info))
    await call(createGoal, { ...input, title, unit: info && entryUnit(info) }, { key })
    refresh()
    onClose()
    say(t.saved(title))
  }
  return (
    <Dialog title={t.add} onClose={onClose}>
      <Shown answer={types}>
        {({ items }) => (
          <Form onSend={send} submit={t.add}>
            <Choice
              of={fields.createGoal.metric_type}
              label={t.metric}
              value={metric}
              options={items
                .filter((one) => one.metric_type !== 'custom')
                .map((one) => [one.metric_type, wholeName(one)] as const)}
              onPick={setMetric}
            />
            <Choice of={fields.createGoal.goal_type} label={t.kind} words={t.kinds} />
            <Field
              of={fields.createGoal.target_value}
              label={t.targetValue}
              isRequired
              suffix={<span class="suffix">{info && unitWord(entryUnit(info))}</span>}
            />
            <Field of={fields.createGoal.target_date} label={t.targetDate} min={fieldDay()} />
            <Field of={fields.createGoal.title} label={t.name} isRequired={false} />
          </Form>
        )}
      </Shown>
    </Dialog>
  )
}
