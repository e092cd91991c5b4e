import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { day, dayAndClock, fieldTime, number } from '../../../web/format.ts'
import { operationsTexts } from '../../../web/operations/texts.ts'
import { Choice, Field, FormDialog, type Values } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import type { consentAudit } from '../contract.ts'
import { Categories } from './Categories.tsx'
import { listBreaches, noteAuthorityNotice, recordBreach } from './endpoints.ts'

type Operations = (typeof consentAudit)['operations']
type Breach = OutputOf<Operations['listBreaches']>['items'][number]

/** Breaches of personal data with their clocks, and a way to record one. */
export function DeskBreaches() {
  const t = operationsTexts().requests
  const answer = useQuery(listBreaches, { limit: 50 })
  const [isRecording, setRecording] = useState(false)
  const [chosen, choose] = useState<Breach>()
  return (
    <section class="card">
      <div class="row">
        <h2>{t.breaches}</h2>
        <button type="button" class="button quiet" onClick={() => setRecording(true)}>
          {t.record}
        </button>
      </div>
      <p class="soft">{t.breachesText}</p>
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={t.noBreaches} />
          ) : (
            <ul class="rows">
              {items.map((one) => (
                <BreachRow key={one.breach_id} breach={one} onTell={() => choose(one)} />
              ))}
            </ul>
          )
        }
      </Shown>
      {isRecording && <RecordOne onClose={() => setRecording(false)} />}
      {chosen !== undefined && <TellAuthority breach={chosen} onClose={() => choose(undefined)} />}
    </section>
  )
}

function BreachRow({ breach, onTell }: { readonly breach: Breach; readonly onTell: () => void }) {
  const t = operationsTexts().requests
  const { notices, authority_noticed_at: noticedAt } = breach
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{breach.title}</strong>
        <small class="soft">
          {day(breach.detected_at)} · {t.told(number(notices.told), number(notices.concerned))} ·{' '}
          {noticedAt === null
            ? t.authorityDue(dayAndClock(breach.authority_due_at))
            : t.authorityTold(day(noticedAt), breach.authority_reference ?? '')}
        </small>
      </span>
      {breach.authority_overdue && <span class="tag bad">{t.overdue}</span>}
      {noticedAt === null && (
        <button type="button" class="button quiet" onClick={onTell}>
          {t.tellAuthority}
        </button>
      )}
    </li>
  )
}

function TellAuthority({ breach, onClose }: { readonly breach: Breach; readonly onClose: () => void }) {
  const t = operationsTexts().requests
  const send = async (input: Read<typeof fields.noteAuthorityNotice>) => {
    await call(noteAuthorityNotice, { ...input, breach_id: breach.breach_id })
    refresh()
    onClose()
    say(t.noted)
  }
  return (
    <FormDialog title={t.tellAuthority} onClose={onClose} onSend={send} submit={t.note}>
      <Field of={fields.noteAuthorityNotice.reference} label={t.reference} isFirst />
    </FormDialog>
  )
}

function RecordOne({ onClose }: { readonly onClose: () => void }) {
  const t = operationsTexts().requests
  const send = async ({ account_ids = [], ...breach }: Read<typeof fields.recordBreach>, _: string, values: Values) => {
    const concerned =
      values.concerns === 'everyone'
        ? { affects_everyone: true }
        : { account_ids: account_ids.flatMap((line) => line.split(/\s+/)) }
    await call(recordBreach, { ...breach, ...concerned })
    refresh()
    onClose()
    say(t.recorded)
  }
  return (
    <FormDialog title={t.record} onClose={onClose} onSend={send} submit={t.recordNow} isDangerous>
      <Field of={fields.recordBreach.title} label={t.breachTitle} isFirst />
      <Field of={fields.recordBreach.detected_at} label={t.detected} value={fieldTime(new Date())} />
      <Field of={fields.recordBreach.nature} label={t.nature} />
      <Field of={fields.recordBreach.consequences} label={t.consequences} />
      <Field of={fields.recordBreach.measures} label={t.measures} />
      <Field of={fields.recordBreach.advice} label={t.advice} />
      <Categories of={fields.recordBreach.categories} />
      <Choice name="concerns" label={t.concerns} words={{ named: t.named, everyone: t.everyone }} />
      <Field of={fields.recordBreach.account_ids} label={t.accounts} />
    </FormDialog>
  )
}
