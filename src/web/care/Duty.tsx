import { useState } from 'preact/hooks'
import type { OutputOf } from '../../kernel/contract.ts'
import type { consentAudit } from '../../services/consent-audit/contract.ts'
import { refresh } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { fields } from '../fields.ts'
import { ago, clock } from '../format.ts'
import { Choice, Field, Form, FormDialog } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { texts } from '../texts/catalogue.ts'
import { endDuty, takeDuty } from './endpoints.ts'
import { careTexts } from './texts.ts'

export type Duty = OutputOf<(typeof consentAudit.operations)['listDuties']>['items'][number]

/** When shifts end, by the clock of whoever looks. */
const ENDS = [6, 14, 18, 22] as const
const LEAST_MS = 3_600_000

/** Who is on duty for somebody until when, and what was handed over. */
export function DutyLine({ duty: { on_duty: on, note } }: { readonly duty: Duty }) {
  const [t, p] = [careTexts(), texts().people]
  const until = on === null ? '' : clock(on.until)
  return (
    <p>
      <bdi>{on === null ? t.noDuty : on.is_you ? t.youDuty(until) : t.onDuty(on.name ?? p.unnamed, until)}</bdi>
      {note !== null && (
        <small class="soft">
          <span class="written" dir="auto">
            {note.text}
          </span>{' '}
          <bdi>
            {note.is_you ? t.you : (note.name ?? p.unnamed)}, {ago(note.written_at)}
          </bdi>
        </small>
      )}
    </p>
  )
}

interface DutySwitchProps {
  readonly duty: Duty
  readonly name: string
}

/** The line, and the way on duty (also in another's place) or off it. */
export function DutySwitch({ duty, name }: DutySwitchProps) {
  const t = careTexts()
  const [isLeaving, setLeaving] = useState(false)
  const { person_id } = duty
  const take = async (_input: unknown, _key: string, { until = '' }: Readonly<Record<string, string>>) => {
    await call(takeDuty, { person_id, until })
    refresh()
  }
  const leave = async (input: Read<typeof fields.endDuty>) => {
    await call(endDuty, { person_id, ...input })
    setLeaving(false)
    refresh()
  }
  return (
    <>
      <DutyLine duty={duty} />
      {duty.on_duty?.is_you ? (
        <div class="actions">
          <button type="button" class="button quiet" onClick={() => setLeaving(true)}>
            {t.handOver}
            <span class="unseen"> {name}</span>
          </button>
        </div>
      ) : (
        <Form class="form inline" onSend={take} submit={t.takeDuty}>
          <Choice name="until" label={t.dutyUntil} options={ends()} />
        </Form>
      )}
      {isLeaving && (
        <FormDialog title={t.handOver} onClose={() => setLeaving(false)} onSend={leave} submit={t.endDuty}>
          <Field of={fields.endDuty.note} label={t.handNote} isFirst />
        </FormDialog>
      )}
    </>
  )
}

/** The ends of shifts that come within a day, the nearest first. */
function ends() {
  const now = new Date()
  const times = ENDS.map((hour) => {
    const at = new Date(now)
    at.setHours(hour, 0, 0, 0)
    if (at.getTime() - now.getTime() < LEAST_MS) at.setDate(at.getDate() + 1)
    return at
  }).filter((at) => at.getTime() - now.getTime() < 86_400_000)
  return times
    .sort((left, right) => left.getTime() - right.getTime())
    .map((at) => [at.toISOString(), clock(at)] as const)
}
