import { AlertCard } from '../../services/health-tracking/web/AlertCard.tsx'
import { dashboard } from '../../services/health-tracking/web/endpoints.ts'
import { GoalBar } from '../../services/health-tracking/web/GoalsPage.tsx'
import { MetricTile } from '../../services/health-tracking/web/MetricTile.tsx'
import { type Dashboard, readingsOf } from '../../services/health-tracking/web/words.ts'
import { FeelingScale } from '../../services/wellness/web/FeelingScale.tsx'
import { LastFeeling } from '../../services/wellness/web/LastFeeling.tsx'
import { useQuery } from '../client/cache.ts'
import { isPartOpen, type Person, session, useOther } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { weekday } from '../format.ts'
import { Empty, Page, Shown } from '../parts/Page.tsx'
import { Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { recordTexts } from '../texts/record.ts'
import { WelcomeHint } from './WelcomeHint.tsx'

/** The day: what needs an answer, how the person feels, and the latest of everything. */
export function TodayPage() {
  const other = useOther()
  const isMeasured = isPartOpen(other, 'vitals')
  const answer = useQuery(dashboard, isMeasured ? {} : undefined)
  return (
    <Page title={useGreeting()} lead={weekday(new Date())}>
      {answer.value !== undefined && <OpenAlerts alerts={answer.value.open_alerts} />}
      <WelcomeHint />
      {isPartOpen(other, 'wellness') && <Feeling other={other} />}
      {!isMeasured && <Empty text={texts().people.notSharedText} />}
      {isMeasured && (
        <Shown answer={answer} lines={5}>
          {(board) => (
            <>
              <Latest board={board} />
              <Goals goals={board.goals ?? []} />
            </>
          )}
        </Shown>
      )}
    </Page>
  )
}

/** Asked about whoever is looked at, so that nobody answers for the wrong person. */
function Feeling({ other }: { readonly other: Person | undefined }) {
  const t = recordTexts().wellness
  const question = other === undefined ? t.question : t.questionOf(other.display_name ?? texts().people.unnamed)
  return (
    <section class="card feel">
      <div class="row">
        <h2 dir="auto">{question}</h2>
        <LastFeeling />
      </div>
      <FeelingScale />
    </section>
  )
}

function useGreeting(): string {
  const t = recordTexts().today
  const state = useStore(session)
  const other = useOther()
  if (state.kind !== 'somebody') return t.title
  const { account } = state.session
  if (other !== undefined) return t.dayOf(other.display_name ?? texts().people.unnamed)
  const hour = new Date().getHours()
  const name = (account.first_name ?? account.name).split(' ')[0] ?? ''
  return t.greeting(hour < 5 ? 'night' : hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening', name)
}

function OpenAlerts({ alerts }: { readonly alerts: Dashboard['open_alerts'] }) {
  const raised = alerts.filter((one) => one.state === 'raised')
  if (raised.length === 0) return null
  return (
    <section aria-label={recordTexts().alerts.title}>
      <ul class="cards">
        {raised.map((alert) => (
          <AlertCard key={alert.id} alert={alert} />
        ))}
      </ul>
    </section>
  )
}

function Latest({ board }: { readonly board: Dashboard }) {
  const t = recordTexts().today
  if (board.metrics.length === 0) {
    return (
      <Empty
        text={t.empty}
        action={
          <Link to="/app/add" class="button">
            {t.addFirst}
          </Link>
        }
      />
    )
  }
  return (
    <section>
      <div class="row">
        <h2>{t.latest}</h2>
        <Link to="/app/trends" class="link">
          {t.allTrends}
        </Link>
      </div>
      <ul class="tiles">
        {readingsOf(board.metrics).map((reading) => (
          <MetricTile key={reading.tile.metric_type} reading={reading} />
        ))}
      </ul>
    </section>
  )
}

function Goals({ goals }: { readonly goals: NonNullable<Dashboard['goals']> }) {
  const t = recordTexts().goals
  if (goals.length === 0) return null
  return (
    <section>
      <div class="row">
        <h2>{t.title}</h2>
        <Link to="/app/goals" class="link">
          {recordTexts().today.allGoals}
        </Link>
      </div>
      <ul class="cards two">
        {goals.slice(0, 4).map((goal) => (
          <li key={goal.id} class="card">
            <h3 dir="auto">{goal.title}</h3>
            <GoalBar goal={goal} />
          </li>
        ))}
      </ul>
    </section>
  )
}
