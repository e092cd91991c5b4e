import { useEffect, useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call, lookedAt, Problem, send } from '../../../web/client/endpoint.ts'
import { dayAndClock } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { SaidText } from '../../../web/parts/SaidText.tsx'
import { complain } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import type { medicalRecords } from '../contract.ts'
import { Delete } from './Delete.tsx'
import {
  deleteCarried,
  hospitalConfig,
  listCarried,
  listIntegrations,
  readIntegration,
  removeIntegration,
} from './endpoints.ts'
import { hospitalTexts } from './hospitalTexts.ts'
import { recordsTexts } from './texts.ts'
import { partOfDay } from './timeline.ts'

type Connection = OutputOf<(typeof medicalRecords)['operations']['getIntegration']>

const LOOK_AGAIN_MS = 2000
const HERE = '/app/records/hospitals'

/** What a code of a hospital's failure says; undefined where only the server's own words do. */
function faultOf(code: unknown): string | undefined {
  const known: Readonly<Record<string, string>> = hospitalTexts().faults
  return known[String(code)]
}

/** Says why a hospital could not be asked. */
function tell(problem: unknown): void {
  const own = problem instanceof Problem ? faultOf(problem.body.hospital_fault) : undefined
  complain(own === undefined ? problem : new Error(own))
}

/** Hospitals whose records can be read: connected, what came, what waits. */
export function HospitalsPage() {
  const t = hospitalTexts()
  const config = useQuery(hospitalConfig, {})
  const own = useQuery(listIntegrations, {})
  const connections = own.value?.items ?? []
  const isSetUp = (system: string) => config.value?.systems.some((one) => one.system === system) === true
  const others = (config.value?.systems ?? []).filter(({ system }) => !connections.some((one) => one.system === system))
  return (
    <Page title={t.title} lead={t.lead} back={['/app/records', recordsTexts().title]}>
      <Shown answer={own}>
        {({ items }) => (
          <>
            {items.map((one) => (
              <OneHospital key={one.system} one={one} isSetUp={isSetUp(one.system)} />
            ))}
          </>
        )}
      </Shown>
      <Shown answer={config}>
        {({ configured }) =>
          configured ? (
            others.length > 0 && (
              <section class="card">
                <p class="soft">{t.text}</p>
                {others.map(({ system, name }) => (
                  <Connect key={system} system={system} name={name} />
                ))}
              </section>
            )
          ) : (
            <Empty
              text={t.none}
              action={
                <Link to="/app/records/add" class="button quiet">
                  {recordsTexts().upload.title}
                </Link>
              }
            />
          )
        }
      </Shown>
      <Kept />
    </Page>
  )
}

/** Goes to the hospital's sign-in, and comes back to this page. */
function Connect({ system, name }: { readonly system: string; readonly name: string }) {
  const connect = async () => {
    const begun = await send('POST /ehr/integrations', { system, return_to: HERE }, { person: lookedAt.get() })
    location.assign((begun as { readonly authorization_url: string }).authorization_url)
  }
  return (
    <p>
      <button type="button" class="button quiet" onClick={() => connect().catch(tell)}>
        {hospitalTexts().connect(name)}
      </button>
    </p>
  )
}

function OneHospital({ one, isSetUp }: { readonly one: Connection; readonly isSetUp: boolean }) {
  const t = hospitalTexts()
  const { system, name, status, last_tried_at: tried, waiting } = one
  const [since, setSince] = useState<string | null | undefined>(null)
  // A reading is on its way until the time of the last one is another.
  const isReading = status !== 'expired' && since === tried
  useEffect(() => {
    if (!isReading) return
    const timer = setInterval(refresh, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [isReading])
  const read = async (all: boolean) => {
    await call(readIntegration, { system, all })
    setSince(tried)
  }
  const states: Readonly<Record<string, string>> = t.states
  return (
    <section class="card">
      <div class="row">
        <h2>{name}</h2>
        <span class={status === 'connected' ? 'tag' : 'tag warn'}>{states[status]}</span>
      </div>
      <Standing one={one} isReading={isReading} isSetUp={isSetUp} />
      {waiting > 0 && (
        <div class="row">
          <strong>{recordsTexts().toReview(waiting)}</strong>
          <Link
            to={one.last_import_id === null ? '/app/records' : `/app/records/imports/${one.last_import_id}`}
            class="button"
          >
            {recordsTexts().check}
          </Link>
        </div>
      )}
      {one.kinds.length > 0 && <Found kinds={one.kinds} />}
      {status === 'expired' && isSetUp && <Connect system={system} name={name} />}
      <p class="footer">
        {status !== 'expired' && isSetUp && !isReading && (
          <>
            <button type="button" class="link" onClick={() => read(false).catch(tell)}>
              {t.again}
            </button>
            <button type="button" class="link" onClick={() => read(true).catch(tell)}>
              {t.all}
            </button>
          </>
        )}
        <Delete
          title={name}
          text={t.endText}
          word={t.end}
          work={async () => ((await call(removeIntegration, { system })).revoked_at_hospital ? t.ended : t.endedHere)}
        />
      </p>
    </section>
  )
}

interface StandingProps {
  readonly one: Connection
  readonly isReading: boolean
  readonly isSetUp: boolean
}

/** When it was read, and what keeps it from being read. */
function Standing({
  one: { last_tried_at: tried, last_error: error, error_code: code },
  isReading,
  isSetUp,
}: StandingProps) {
  const t = hospitalTexts()
  const own = faultOf(code)
  return (
    <>
      {isReading && (
        <div role="status">
          <p>{t.reading}</p>
          <progress aria-label={t.reading} />
        </div>
      )}
      {tried !== null && <p class="soft">{t.last(dayAndClock(tried))}</p>}
      {error !== null && (
        <p class="notice warn">
          <SaidText said={own === undefined ? { text: error } : { text: own, english: error }} />
        </p>
      )}
      {!isSetUp && <p class="notice warn">{t.notHere}</p>}
    </>
  )
}

/** Kinds as the record calls them. */
const CALLED = {
  laboratory: 'labs',
  Condition: 'conditions',
  AllergyIntolerance: 'allergies',
  MedicationRequest: 'medications',
  MedicationStatement: 'medications',
  Immunization: 'immunizations',
  Procedure: 'procedures',
  DiagnosticReport: 'reports',
  DocumentReference: 'documents',
  FamilyMemberHistory: 'family-history',
} as const

/** What the last reading found, kind by kind, and what it could not. */
function Found({ kinds }: { readonly kinds: Connection['kinds'] }) {
  const t = hospitalTexts()
  const [own, outcomes]: Readonly<Record<string, string>>[] = [t.kinds, t.outcomes]
  const called: Readonly<Record<string, keyof ReturnType<typeof recordsTexts>['kinds']>> = CALLED
  const wordOf = (kind: string) => {
    const known = called[kind]
    return known === undefined ? own?.[kind] : recordsTexts().kinds[known]
  }
  return (
    <details>
      <summary>{t.what}</summary>
      <dl>
        {kinds.map(({ kind, outcome, count }) => (
          <div key={kind}>
            <dt>{wordOf(kind) ?? kind}</dt>
            <dd>{outcomes?.[outcome] ?? t.found(count)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** What was taken and has no page of its own. */
function Kept() {
  const t = hospitalTexts()
  const { value } = useQuery(listCarried, { size: 200 })
  if (value === undefined || value.total === 0) return null
  const remove = async (id: string) => {
    await call(deleteCarried, { id })
    refresh()
  }
  return (
    <details class="card">
      <summary>{t.kept}</summary>
      <ul class="rows">
        {value.items.map(({ id, display, occurred_on: at }) => (
          <li key={id}>
            <span class="grow" dir="auto">
              {display}
              {at !== null && <small class="soft">{partOfDay(at)}</small>}
            </span>
            <button
              type="button"
              class="link bad"
              aria-label={texts().form.removeOne(display)}
              onClick={() => remove(id).catch(complain)}
            >
              {recordsTexts().document.remove}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
