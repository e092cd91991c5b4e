import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { forgetAnswers, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { dayAndClock, measured } from '../../../web/format.ts'
import { Empty, missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { go, Link } from '../../../web/router.tsx'
import type { deviceData } from '../contract.ts'
import { EcgTrace } from './EcgTrace.tsx'
import { deleteRecording, listRecordings, readRecording } from './endpoints.ts'
import { recordingTexts } from './recordingTexts.ts'
import { devicesTexts } from './texts.ts'
import { sourceLabel } from './words.ts'

type Recording = OutputOf<(typeof deviceData)['operations']['readRecording']>

const PLACE = '/app/devices/recordings'

/** Traces that devices recorded, the newest first. */
export function RecordingsPage() {
  const t = devicesTexts()
  const r = recordingTexts()
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined])
  return (
    <Page title={r.title} lead={r.said} back={['/app/devices', t.title]}>
      {cursors.map((cursor, index) => (
        <Part
          key={cursor ?? ''}
          cursor={cursor}
          isLast={index === cursors.length - 1}
          onMore={(next) => setCursors([...cursors, next])}
        />
      ))}
    </Page>
  )
}

interface PartProps {
  readonly cursor: string | undefined
  readonly isLast: boolean
  readonly onMore: (cursor: string) => void
}

function Part({ cursor, isLast, onMore }: PartProps) {
  const t = devicesTexts()
  const r = recordingTexts()
  const answer = useQuery(listRecordings, { limit: 30, ...(cursor === undefined ? {} : { cursor }) })
  return (
    <Shown answer={answer}>
      {({ items, next_cursor: next }) =>
        items.length === 0 ? (
          <Empty text={r.none} />
        ) : (
          <>
            <section class="card">
              <ul class="rows courses">
                {items.map((one) => (
                  <li key={one.id}>
                    <Link to={`${PLACE}/${one.id}`} class="course">
                      <span class="grow">
                        <strong>{dayAndClock(one.started_at)}</strong>
                        <small class="soft" dir="auto">
                          {one.classification ?? r.unsaid}
                        </small>
                      </span>
                      <span class="soft">{r.seconds(measured(one.duration_seconds))}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
            {isLast && next !== null && (
              <button type="button" class="button quiet" onClick={() => onMore(next)}>
                {t.imports.more}
              </button>
            )}
          </>
        )
      }
    </Shown>
  )
}

/** One trace, with what the device said of it and nothing of ours. */
export function RecordingPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const { id = '' } = params
  const r = recordingTexts()
  const answer = useQuery(readRecording, { id })
  const known = answer.value
  const title = known === undefined ? r.one : `${r.one} · ${dayAndClock(known.started_at)}`
  return (
    <Page title={title} back={[PLACE, r.title]} missing={missingOf(answer, r.one)}>
      <Shown answer={answer} lines={6}>
        {(recording) => (
          <>
            <Words recording={recording} />
            <section class="card">
              <EcgTrace values={recording.values} rateHz={recording.rate_hz} />
            </section>
            <Remove id={id} />
          </>
        )}
      </Shown>
    </Page>
  )
}

function Words({ recording }: { readonly recording: Recording }) {
  const t = recordingTexts()
  const { classification, symptoms, device, software, source_name: source } = recording
  return (
    <section class="card">
      <h2 dir="auto">{classification ?? t.unsaid}</h2>
      <p class="notice">{t.said}</p>
      <dl>
        {symptoms !== null && (
          <div>
            <dt>{t.symptoms}</dt>
            <dd dir="auto">{symptoms}</dd>
          </div>
        )}
        <div>
          <dt>{devicesTexts().imports.source}</dt>
          <dd>
            <bdi>{[sourceLabel(source), device, software].filter((part) => part !== null).join(' · ')}</bdi>
          </dd>
        </div>
      </dl>
    </section>
  )
}

/** Removing takes two steps: no import brings it back. */
function Remove({ id }: { readonly id: string }) {
  const t = devicesTexts()
  const r = recordingTexts()
  const remove = async () => {
    await call(deleteRecording, { id })
    // Forgotten, not asked again: what this page shows is gone.
    forgetAnswers()
    go(PLACE, { replace: true })
    say(r.removed)
  }
  return (
    <div class="actions">
      <details>
        <summary>{t.remove}</summary>
        <p>{r.removeText}</p>
        <button type="button" class="button danger" onClick={() => remove().catch(complain)}>
          {r.removeNow}
        </button>
      </details>
    </div>
  )
}
