import { useState } from 'preact/hooks'
import type { OutputOf } from '../../kernel/contract.ts'
import type { consentAudit } from '../../services/consent-audit/contract.ts'
import { refresh } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { fields } from '../fields.ts'
import { ago, clock } from '../format.ts'
import { Field, FormDialog } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { complain } from '../parts/Toast.tsx'
import { texts } from '../texts/catalogue.ts'
import { endDuty, takeDuty } from './endpoints.ts'
import { careTexts } from './texts.ts'

export type Duty = OutputOf<(typeof consentAudit.operations)['listDuties']>['items'][number]

/** How long a duty may last, in hours: it ends at a full one. */
const SHIFTS = [4, 8, 12, 23] as const

/** Who is on duty for somebody until when, and what was handed over. */
export function DutyLine({ duty: { on_duty: on, note } }: { readonly duty: Duty }) {
  const [t, p] = [careTexts(), texts().people]
  const until = on === null ? '' : clock(on.until)
  return (
    <div>
      <p>
        <bdi>{on === null ? t.noDuty : on.is_you ? t.youDuty(until) : t.onDuty(on.name ?? p.unnamed, until)}</bdi>
      </p>
      {note !== null && (
        <p class="soft">
          <span class="written" dir="auto">
            {note.text}
          </span>{' '}
          <small>
            <bdi>
              {note.name ?? p.unnamed}, {ago(note.written_at)}
            </bdi>
          </small>
        </p>
      )}
    </div>
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
  const [chosen, setUntil] = useState<string>()
  const shifts = ends()
  const take = async () => {
    await call(takeDuty, { person_id, until: chosen ?? (shifts[0] as string) })
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
        <div class="actions">
          <button type="button" class="button quiet" onClick={() => take().catch(complain)}>
            {t.takeDuty}
            <span class="unseen"> {name}</span>
          </button>
          <span class="field">
            <select aria-label={t.takeDuty} onChange={(event) => setUntil(event.currentTarget.value)}>
              {shifts.map((at) => (
                <option key={at} value={at}>
                  {t.dutyUntil(clock(at))}
                </option>
              ))}
            </select>
          </span>
        </div>
      )}
      {isLeaving && (
        <FormDialog title={t.handOver} onClose={() => setLeaving(false)} onSend={leave} submit={t.endDuty}>
          <Field of={fields.endDuty.note} label={t.handNote} isFirst />
        </FormDialog>
      )}
    </>
  )
}

function ends(): string[] {
  const now = new Date()
  return SHIFTS.map((hours) => new Date(new Date(now).setHours(now.getHours() + hours, 0, 0, 0)).toISOString())
}
