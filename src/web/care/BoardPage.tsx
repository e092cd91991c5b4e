import { useEffect } from 'preact/hooks'
import { amount } from '../../services/health-tracking/web/words.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { lookAt, type Person, session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { ago, apart, day } from '../format.ts'
import { Empty, Page, Shown } from '../parts/Page.tsx'
import { go, Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { codeWords } from '../texts/serverWords.ts'
import { type Duty, DutySwitch } from './Duty.tsx'
import { careBoard, deviceBoard, listDuties, retestBoard } from './endpoints.ts'
import { isSilent, type Known, LOOKS, lastOf, STATES, stateOf } from './standing.ts'
import { careTexts } from './texts.ts'

const LIVE_MS = 60_000

/** Everybody whose record is open to this account, who needs a look first at the top. */
export function BoardPage() {
  const t = careTexts()
  const state = useStore(session)
  const tracked = useQuery(careBoard, {})
  const devices = useQuery(deviceBoard, {})
  const retests = useQuery(retestBoard, {})
  const duties = useQuery(listDuties, {}).value?.items
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), LIVE_MS)
    return () => clearInterval(timer)
  }, [])
  const people = state.kind === 'somebody' ? state.session.people.filter((one) => !one.is_own) : []
  const knownOf = ({ id }: Person): Known => {
    const isHis = (one: { readonly person_id: string }) => one.person_id === id
    return {
      tracked: tracked.value?.items.find(isHis),
      device: devices.value?.items.find(isHis)?.last,
      retests: retests.value?.items.find(isHis),
    }
  }
  return (
    <Page title={t.board} lead={t.boardText} back={['/app/more', texts().nav.more]}>
      {(devices.problem ?? retests.problem) !== undefined && <p class="notice">{t.partly}</p>}
      {people.length === 0 ? (
        <Empty
          text={t.empty}
          action={
            <Link to="/app/people" class="button">
              {texts().people.add}
            </Link>
          }
        />
      ) : (
        <Shown answer={tracked}>
          {() => {
            const cards = people.map((person) => {
              const known = knownOf(person)
              const duty = duties?.find((one) => one.person_id === person.id)
              const isQuiet = isSilent(known, duty?.on_duty, Date.now())
              return { person, known, duty, isQuiet, state: stateOf(known, Date.now()) }
            })
            cards.sort(
              (left, right) =>
                Number(left.isQuiet) - Number(right.isQuiet) ||
                STATES.indexOf(left.state) - STATES.indexOf(right.state),
            )
            return (
              <ul class="cards two">
                {cards.map((one) => (
                  <PersonCard key={one.person.id} {...one} />
                ))}
              </ul>
            )
          }}
        </Shown>
      )}
    </Page>
  )
}

interface PersonCardProps {
  readonly person: Person
  readonly known: Known
  readonly state: (typeof STATES)[number]
  readonly duty: Duty | undefined
  /** Somebody else is on duty: their alarms are not drawn as ours. */
  readonly isQuiet: boolean
}

function PersonCard({ person, known, state, duty, isQuiet }: PersonCardProps) {
  const [t, p] = [careTexts(), texts().people]
  const name = person.display_name ?? p.unnamed
  const open = (path: string) => {
    lookAt(person.id)
    go(path)
  }
  return (
    <li class={`card alert ${(!isQuiet && LOOKS[state]) || 'calm'}`}>
      <div class="row">
        <span>
          <h2 dir="auto">{name}</h2>
          <small class="soft">
            {person.isShared === true ? t.shared : p.relationships[person.relationship ?? 'other']}
            {typeof person.age_years === 'number' && ` · ${p.years(person.age_years)}`}
          </small>
        </span>
        <span class={`tag ${isQuiet ? '' : LOOKS[state]}`}>{t.states[state]}</span>
      </div>
      <Facts known={known} />
      {duty !== undefined && <DutySwitch duty={duty} name={name} />}
      <div class="actions">
        <button type="button" class="button quiet" onClick={() => open('/app/today')}>
          {p.open}
          <span class="unseen"> {name}</span>
        </button>
        <button type="button" class="link" onClick={() => open('/app/overview')}>
          {t.page}
          <span class="unseen"> {name}</span>
        </button>
      </div>
    </li>
  )
}

function Facts({ known }: { readonly known: Known }) {
  const t = careTexts()
  const { tracked, device, retests } = known
  const last = lastOf(known)
  const alerts = tracked?.open_alerts ?? 0
  const next = retests?.next ?? null
  return (
    <dl>
      {alerts > 0 && tracked?.newest_alert_at != null && (
        <div>
          <dt>{t.alerts(alerts)}</dt>
          <dd>
            {ago(tracked.newest_alert_at)}
            {tracked.seen_by?.name != null && <bdi>, {t.seenBy(tracked.seen_by.name)}</bdi>}
          </dd>
        </div>
      )}
      {(tracked !== undefined || device !== undefined) && (
        <div>
          <dt>{t.last}</dt>
          <dd>
            {last === undefined
              ? t.never
              : t.lastOne(
                  `${codeWords(last.metric_type)}: ${apart(amount(last.value, last.unit, last.metric_type).join(' '))}`,
                  ago(last.at),
                )}
          </dd>
        </div>
      )}
      {next !== null && (
        <div>
          <dt>{t.due}</dt>
          <dd>
            <bdi>{next.label}</bdi>, {(retests?.overdue ?? 0) > 0 ? t.overdue(day(next.due_on)) : day(next.due_on)}
          </dd>
        </div>
      )}
    </dl>
  )
}
