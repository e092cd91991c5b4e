import { useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { dayAndClock } from '../../../web/format.ts'
import { missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { go, Link } from '../../../web/router.tsx'
import { DateOrder } from './DateOrder.tsx'
import { deleteImport, readImport } from './endpoints.ts'
import { Mapping } from './Mapping.tsx'
import { isRunning, useProgress } from './progress.ts'
import { Report } from './Report.tsx'
import type { Import } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { lookOf, named, sizeOf, whole } from './words.ts'

/** One import: how far it is, what it asks, and what became of it. */
export function ImportPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const { id = '' } = params
  const t = devicesTexts().imports
  const answer = useQuery(readImport, { id })
  const known = answer.value?.import
  const title = known?.file_name ?? (known === undefined ? t.title : t.unnamed)
  return (
    <Page
      title={title}
      lead={known === undefined ? undefined : leadOf(known)}
      back={['/app/imports', t.title]}
      missing={missingOf(answer, t.one)}
    >
      <Shown answer={answer}>
        {(report) => (
          <>
            <Standing told={report.import} />
            {report.import.question === 'columns' && <Mapping id={id} columns={report.columns} />}
            {report.import.question === 'date-order' && <DateOrder id={id} columns={report.columns} />}
            <Report report={report} />
            <Ways told={report.import} />
          </>
        )}
      </Shown>
    </Page>
  )
}

function leadOf({ format, size_bytes, created_at, time_zone }: Import): string {
  const t = devicesTexts().imports
  const kind = format === null ? t.archive : named(t.formats, format)
  return `${kind} · ${sizeOf(size_bytes)} · ${dayAndClock(created_at)} · ${t.zone(time_zone)}`
}

function Standing({ told }: { readonly told: Import }) {
  const t = devicesTexts().imports
  const isOpen = isRunning(told)
  const { now = told, isLost } = useProgress(told.id, isOpen)
  if (isOpen) {
    const percent = now.size_bytes === 0 ? 0 : Math.min(100, (100 * now.bytes_read) / now.size_bytes)
    return (
      <section class="card">
        <label>
          {now.state === 'waiting' ? t.states.waiting : t.progress(whole(percent))}
          <progress max={100} value={percent} />
        </label>
        <p>{t.soFar(whole(now.taken + now.duplicates), whole(now.skipped))}</p>
        <p class="soft" role="status">
          {isLost ? t.lost : t.leave}
        </p>
      </section>
    )
  }
  if (told.state === 'asking') return null
  return (
    <section class={`card result ${lookOf(told.state)}`} role="status">
      <span class={`tag ${lookOf(told.state)}`}>{t.states[told.state]}</span>
      {told.failure !== null && <p>{named(t.faults, told.failure)}</p>}
      <ul class="figures" style={{ justifySelf: 'stretch' }}>
        {(['taken', 'duplicates', 'skipped'] as const).map((name) => (
          <li key={name} class="figure">
            <strong>{whole(told[name])}</strong> <span class="soft">{t[name]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Stopping what goes on, or removing the report of what ended. */
function Ways({ told }: { readonly told: Import }) {
  const t = devicesTexts().imports
  const isOpen = isRunning(told) || told.state === 'asking'
  const end = async () => {
    await call(deleteImport, { id: told.id })
    // It may have ended a moment before, and then its report is gone: the list shows what is so.
    go('/app/imports')
    say(isOpen ? t.cancelled : t.reportRemoved)
  }
  return (
    <div class="actions">
      {!isOpen && (
        <Link to="/app/imports" class="button">
          {t.again}
        </Link>
      )}
      {!isOpen && told.taken > 0 && (
        <Link to="/app/devices" class="button quiet">
          {t.seeDevices}
        </Link>
      )}
      <button type="button" class="link" onClick={() => end().catch(complain)}>
        {isOpen ? t.cancelImport : t.removeReport}
      </button>
    </div>
  )
}
