import { useEffect } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call, lookedAt } from '../../../web/client/endpoint.ts'
import { useStore } from '../../../web/client/store.ts'
import { fields } from '../../../web/fields.ts'
import { apart, day, dayAndClock, number } from '../../../web/format.ts'
import { Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Page } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import type { consentAudit } from '../contract.ts'
import { Erase } from './Erase.tsx'
import {
  listExports,
  listRequests,
  myBreaches,
  readStanding,
  restrict,
  complain as sendComplaint,
  startExport,
  unrestrict,
} from './endpoints.ts'
import { privacyTexts } from './texts.ts'

type Export = OutputOf<(typeof consentAudit)['operations']['listExports']>['exports'][number]

const POLL_MS = 1500

/** Everything a person may ask for by right, each carried out here. */
export function MyDataPage() {
  const t = privacyTexts()
  return (
    <Page title={t.data.title} lead={t.doors.dataText} back={['/app/privacy', t.title]}>
      <Breaches />
      <Exports />
      <Restriction />
      <Complaints />
      <Erase />
    </Page>
  )
}

function Exports() {
  const t = privacyTexts().data
  const { value } = useQuery(listExports, { limit: 5 })
  const exports = (value?.exports ?? []).filter((one) => one.status !== 'expired')
  const isRunning = exports.some((one) => one.status === 'waiting' || one.status === 'running')
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(refresh, POLL_MS)
    return () => clearInterval(timer)
  }, [isRunning])
  const start = async () => {
    await call(startExport, {})
    refresh()
  }
  return (
    <section class="card">
      <h2>{t.export}</h2>
      <p class="soft">{t.exportText}</p>
      <ul class="rows">
        {exports.map((one) => (
          <ExportRow key={one.id} made={one} />
        ))}
      </ul>
      <div class="actions">
        <button type="button" class="button" disabled={isRunning} onClick={() => start().catch(complain)}>
          {t.makeExport}
        </button>
      </div>
    </section>
  )
}

function ExportRow({ made }: { readonly made: Export }) {
  const t = privacyTexts().data
  const person = useStore(lookedAt)
  const { status, download_url: url } = made
  if (status === 'failed') return <li>{t.failed}</li>
  if (url === null) {
    return (
      <li>
        <label class="grow">
          {t.making(made.progress)}
          <progress max={100} value={made.progress} />
        </label>
      </li>
    )
  }
  const size = apart(`${number((made.size_bytes ?? 0) / 1024, 0)} KiB`)
  return (
    <li>
      <span class="grow">{t.ready(size, dayAndClock(made.expires_at))}</span>
      <a class="button quiet" href={person === undefined ? url : `${url}?profile_id=${person}`} download>
        {t.download}
      </a>
    </li>
  )
}

function Restriction() {
  const t = privacyTexts().data
  const { value } = useQuery(readStanding, {})
  if (value === undefined) return null
  const isRestricted = value.restricted_since !== null
  const set = async () => {
    await call(isRestricted ? unrestrict : restrict, {})
    refresh()
    say(isRestricted ? t.unrestricted : t.restricted)
  }
  return (
    <section class="card">
      <h2>{t.restrict}</h2>
      <p class="soft">{isRestricted ? t.restricted : t.restrictText}</p>
      <div class="actions">
        <button type="button" class="button quiet" onClick={() => set().catch(complain)}>
          {isRestricted ? t.restrictOff : t.restrictOn}
        </button>
      </div>
    </section>
  )
}

function Complaints() {
  const t = privacyTexts().data
  const { value } = useQuery(listRequests, { limit: 20 })
  const send = async (input: Read<typeof fields.complain>, key: string) => {
    const ticket = await call(sendComplaint, input, { key })
    refresh()
    say(t.sent(day(ticket.due_at)))
  }
  return (
    <section class="card">
      <details>
        <summary>
          <h2>{t.complain}</h2>
        </summary>
        <p class="soft">{t.complainText}</p>
        <Form onSend={send} submit={t.send}>
          <Field of={fields.complain.subject} label={t.subject} />
          <Field of={fields.complain.detail} label={t.detail} />
        </Form>
      </details>
      {value !== undefined && value.items.length > 0 && (
        <>
          <h3>{t.requests}</h3>
          <ul class="rows">
            {value.items.map((one) => (
              <li key={one.request_id}>
                <span class="grow">
                  <span dir="auto">{one.answer ?? one.detail ?? t.kinds[one.kind] ?? one.kind}</span>
                  <small class="soft">
                    {one.request_id} · {t.due(day(one.due_at))}
                  </small>
                </span>
                <span class={one.status === 'done' ? 'tag good' : 'tag'}>{t.states[one.status]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Breaches() {
  const t = privacyTexts().data
  const { value } = useQuery(myBreaches, {})
  if (value === undefined || value.items.length === 0) return null
  return (
    <section class="card">
      <h2>{t.breaches}</h2>
      {value.items.map((one) => (
        <div key={one.breach_id} class="notice bad" dir="auto">
          <p>
            <strong>{one.title}</strong> · {day(one.detected_at)}
          </p>
          <p>{one.nature}</p>
          <p>{one.consequences}</p>
          <p>{one.measures}</p>
          <p>{one.advice}</p>
          <p>{one.contact}</p>
        </div>
      ))}
    </section>
  )
}
