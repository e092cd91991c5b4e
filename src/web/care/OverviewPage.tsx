import type { ComponentChildren } from 'preact'
import { dashboard, listMetrics } from '../../services/health-tracking/web/endpoints.ts'
import { type Reading, readingsOf, SYSTOLIC } from '../../services/health-tracking/web/words.ts'
import { labText, lookOf, rangeOfLab } from '../../services/medical-records/web/courses.ts'
import { listBiomarkers, listEntries } from '../../services/medical-records/web/endpoints.ts'
import { labsTexts } from '../../services/medical-records/web/labTexts.ts'
import { Spark } from '../../services/medical-records/web/Spark.tsx'
import { recordsTexts } from '../../services/medical-records/web/texts.ts'
import { partOfDay, statusWord } from '../../services/medical-records/web/timeline.ts'
import { useQuery } from '../client/cache.ts'
import { lookedAt } from '../client/endpoint.ts'
import { session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { apart, day, measured, shortDay } from '../format.ts'
import { Page, Shown } from '../parts/Page.tsx'
import { readEmergencyCard } from '../sos/endpoints.ts'
import { sosTexts } from '../sos/texts.ts'
import { texts } from '../texts/catalogue.ts'
import { personUnit } from '../units.ts'
import { useOpenParts } from './open.ts'
import { Questions } from './Questions.tsx'
import { careTexts } from './texts.ts'

const KINDS = ['conditions', 'medications', 'allergies'] as const
const LABS = 12
const METRICS = 8
const DAYS = 90
const POINTS = 1000

/** A record on one page, for a visit: what is known, the newest results against their ranges, and values of 90 days. */
export function OverviewPage() {
  const t = careTexts()
  const state = useStore(session)
  const person = useStore(lookedAt)
  const isOpen = useOpenParts()
  const people = state.kind === 'somebody' ? state.session.people : []
  const who = people.find((one) => (person === undefined ? one.is_own : one.id === person))
  const id = who?.id
  const years = typeof who?.age_years === 'number' ? ` · ${texts().people.years(who.age_years)}` : ''
  return (
    <Page
      title={who?.display_name ?? t.page}
      lead={`${day(new Date())}${years}`}
      back={['/app/more', texts().nav.more]}
      aside={
        <div class="actions">
          {id !== undefined && isOpen('health_records') && (
            <a class="button quiet" href={`/fhir/Patient/${id}/$summary?profile_id=${id}`} download="summary.json">
              {t.file}
            </a>
          )}
          <button type="button" class="button quiet" onClick={() => print()}>
            {t.print}
          </button>
        </div>
      }
    >
      <Part title={t.questions} isOpen={isOpen('health_records')}>
        <Questions mayWrite={who?.isShared !== true} />
      </Part>
      <div class="cards two">
        {KINDS.map((kind) => (
          <Part key={kind} title={recordsTexts().kinds[kind]} isOpen={isOpen('emergency', 'health_records')}>
            {isOpen('emergency') ? <Stated kind={kind} /> : <Entries kind={kind} />}
          </Part>
        ))}
        <Part title={t.labs} isOpen={isOpen('diagnostics', 'health_records')}>
          <Labs />
        </Part>
      </div>
      <Part title={t.vitals} isOpen={isOpen('vitals')}>
        <Vitals />
      </Part>
    </Page>
  )
}

interface PartProps {
  readonly title: string
  readonly isOpen: boolean
  readonly children: ComponentChildren
}

function Part({ title, isOpen, children }: PartProps) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {isOpen ? children : <p class="soft">{careTexts().closed}</p>}
    </section>
  )
}

/** What holds now, of the record and of what the person said in the profile: as helpers are told. */
function Stated({ kind }: { readonly kind: (typeof KINDS)[number] }) {
  const t = sosTexts()
  const answer = useQuery(readEmergencyCard, {})
  return (
    <Shown answer={answer} lines={1}>
      {(card) => {
        const { state, lines } = card[kind]
        if (state !== 'listed') return <p class="soft">{state === 'none' ? t.none : t.notSaid}</p>
        return (
          <>
            <ul class="rows">
              {lines.map(({ text, detail }) => (
                <li key={text}>
                  <span class="grow" dir="auto">
                    <strong>{text}</strong>
                    <small class="soft">{detail}</small>
                  </span>
                </li>
              ))}
            </ul>
            {card.unread.length > 0 && <p class="notice">{t.incomplete}</p>}
          </>
        )
      }}
    </Shown>
  )
}

/** The same where only the health record is open. */
function Entries({ kind }: { readonly kind: (typeof KINDS)[number] }) {
  const answer = useQuery(listEntries, { kind, size: 100 })
  return (
    <Shown answer={answer} lines={1}>
      {({ items }) =>
        items.length === 0 ? (
          <p class="soft">{careTexts().none}</p>
        ) : (
          <ul class="rows">
            {items.map(({ id, display, status, started_on: since, detail }) => (
              <li key={id}>
                <span class="grow" dir="auto">
                  <strong>{display}</strong>
                  <small class="soft">
                    {[detail.dosage, detail.reaction, statusWord(status), since === null ? '' : partOfDay(since)]
                      .filter(Boolean)
                      .join(' · ')}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Shown>
  )
}

/** What is out of range first. */
function Labs() {
  const t = labsTexts()
  const answer = useQuery(listBiomarkers, {})
  return (
    <Shown answer={answer} lines={2}>
      {({ items }) => {
        if (items.length === 0) return <p class="soft">{careTexts().none}</p>
        const sorted = items.toSorted((left, right) => Number(right.latest.abnormal) - Number(left.latest.abnormal))
        return (
          <>
            <ul class="rows">
              {sorted.slice(0, LABS).map(({ analyte, label, latest }) => {
                const range = rangeOfLab(latest)
                return (
                  <li key={analyte}>
                    <span class="grow">
                      <strong dir="auto">{label}</strong>
                      <small class="soft">
                        {shortDay(latest.test_date)} · {range === '' ? t.noRange : t.range(range)}
                      </small>
                    </span>
                    <bdi class="tabular">{labText(latest)}</bdi>
                    <span class={`tag ${lookOf(latest)}`}>{t.standing[latest.interpretation]}</span>
                  </li>
                )
              })}
            </ul>
            {items.length > LABS && <p class="soft">{careTexts().more(items.length - LABS)}</p>}
          </>
        )
      }}
    </Shown>
  )
}

function Vitals() {
  const answer = useQuery(dashboard, {})
  return (
    <Shown answer={answer}>
      {({ metrics }) => {
        const readings = readingsOf(metrics).slice(0, METRICS)
        if (readings.length === 0) return <p class="soft">{careTexts().none}</p>
        return (
          <ul class="tiles">
            {readings.map((one) => (
              <Multiple key={one.tile.metric_type} reading={one} />
            ))}
          </ul>
        )
      }}
    </Shown>
  )
}

/** The day does not change while the page is looked at: the question stays the same. */
const FROM = new Date(new Date().setHours(0, 0, 0, 0) - DAYS * 86_400_000).toISOString()

/** One measurement over 90 days, on the scale of the person's usual range. */
function Multiple({ reading: { tile, label, figure, unit } }: { readonly reading: Reading }) {
  const t = careTexts()
  const { items = [] } = useQuery(listMetrics, { metric_type: tile.metric_type, from: FROM, limit: POINTS }).value ?? {}
  const { usual_low: low, usual_high: high } = tile.baseline
  const isKnown = tile.baseline.status === 'known' && low !== null && high !== null && high > low
  const values = items.map((one) => one.canonical_value).reverse()
  const [from, to] = isKnown ? [low, high] : [Math.min(...values), Math.max(...values)]
  const own = personUnit(tile.unit, tile.metric_type)
  const places = values.map((value) => (to > from ? (value - from) / (to - from) : 0.5))
  return (
    <li class="tile">
      <span class="name">{label}</span>
      <bdi class="value">
        <strong>{figure}</strong> {unit}
      </bdi>
      {places.length > 1 && <Spark places={places} label={t.course(label, places.length)} />}
      <small class="soft">
        {shortDay(tile.at)}
        {isKnown &&
          tile.metric_type !== SYSTOLIC &&
          ` · ${t.usual(apart(`${measured(own.of(low))}–${measured(own.of(high))}`))}`}
      </small>
    </li>
  )
}
