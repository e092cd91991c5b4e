import { useState } from 'preact/hooks'
import type { InputOf, OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { day, dayAndClock, fieldTime, instantOf, number } from '../../../web/format.ts'
import { operationsTexts } from '../../../web/operations/texts.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, type Values } from '../../../web/parts/Form.tsx'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import type { consentAudit } from '../contract.ts'
import { Categories, tickedOf } from './Categories.tsx'
import { listBreaches, noteAuthorityNotice, recordBreach } from './endpoints.ts'

type Operations = (typeof consentAudit)['operations']
type Breach = OutputOf<Operations['listBreaches']>['items'][number]
type NewBreach = InputOf<Operations['recordBreach']>

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
  const send = async ({ reference = '' }: Values) => {
    await call(noteAuthorityNotice, { breach_id: breach.breach_id, reference: reference.trim() })
    refresh()
    onClose()
    say(t.noted)
  }
  return (
    <Dialog title={t.tellAuthority} onClose={onClose}>
      <Form onSend={send} submit={t.note}>
        <Field name="reference" label={t.reference} maxLength={200} isFirst />
      </Form>
    </Dialog>
  )
}

function RecordOne({ onClose }: { readonly onClose: () => void }) {
  const t = operationsTexts().requests
  const send = async (values: Values) => {
    const text = (name: string) => (values[name] ?? '').trim()
    const concerned: Partial<NewBreach> =
      values.concerns === 'everyone'
        ? { affects_everyone: true }
        : {
            account_ids: text('account_ids')
              .split(/\s+/)
              .filter((one) => one !== ''),
          }
    await call(recordBreach, {
      title: text('title'),
      nature: text('nature'),
      consequences: text('consequences'),
      measures: text('measures'),
      advice: text('advice'),
      categories: tickedOf(values) as NewBreach['categories'],
      detected_at: instantOf(values.detected_at) ?? '',
      ...concerned,
    })
    refresh()
    onClose()
    say(t.recorded)
  }
  return (
    <Dialog title={t.record} onClose={onClose}>
      <Form onSend={send} submit={t.recordNow} isDangerous>
        <Field name="title" label={t.breachTitle} maxLength={200} isFirst />
        <Field name="detected_at" label={t.detected} type="datetime-local" value={fieldTime(new Date())} />
        <Field name="nature" label={t.nature} rows={3} maxLength={4000} />
        <Field name="consequences" label={t.consequences} rows={2} maxLength={2000} />
        <Field name="measures" label={t.measures} rows={2} maxLength={2000} />
        <Field name="advice" label={t.advice} rows={2} maxLength={2000} />
        <Categories />
        <Choice
          name="concerns"
          label={t.concerns}
          options={[
            ['named', t.named],
            ['everyone', t.everyone],
          ]}
        />
        <Field name="account_ids" label={t.accounts} rows={3} maxLength={40_000} />
      </Form>
    </Dialog>
  )
}
