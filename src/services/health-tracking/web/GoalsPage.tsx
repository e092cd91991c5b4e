import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { apart, day, number } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import { completeGoal, deleteGoal, listGoals, updateGoal } from './endpoints.ts'
import { NewGoal } from './NewGoal.tsx'
import { amount, type Goal, words } from './words.ts'

/** What the person wants to reach, and how far it is by what was measured. */
export function GoalsPage() {
  const t = recordTexts().goals
  const answer = useQuery(listGoals, { limit: 100 })
  const [isAdding, setAdding] = useState(false)
  const add = (
    <button type="button" class="button" onClick={() => setAdding(true)}>
      {t.add}
    </button>
  )
  const shown = answer.value?.items.filter((one) => one.status !== 'cancelled') ?? []
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={['/app/more', texts().nav.more]}
      aside={shown.length === 0 ? undefined : add}
    >
      <Shown answer={answer}>
        {() =>
          shown.length === 0 ? (
            <Empty text={t.empty} action={add} />
          ) : (
            <ul class="cards">
              {shown.map((goal) => (
                <GoalCard key={goal.id} goal={goal} />
              ))}
            </ul>
          )
        }
      </Shown>
      {isAdding && <NewGoal onClose={() => setAdding(false)} />}
    </Page>
  )
}

function GoalCard({ goal }: { readonly goal: Goal }) {
  const t = recordTexts()
  const change = async (work: () => Promise<unknown>, said: string) => {
    try {
      await work()
      refresh()
      say(said)
    } catch (problem) {
      complain(problem)
    }
  }
  const { id, version, status } = goal
  const isPaused = status === 'paused'
  const turn = () => call(updateGoal, { id, version, status: isPaused ? 'active' : 'paused' })
  return (
    <li class="card">
      <div class="row">
        <h2 dir="auto">{goal.title}</h2>
        <span class={`tag ${status === 'completed' ? 'good' : 'calm'}`}>{t.goals.statuses[status]}</span>
      </div>
      <GoalBar goal={goal} />
      <div class="actions">
        {status === 'active' && (
          <button
            type="button"
            class="button quiet"
            onClick={() => change(() => call(completeGoal, { id }), t.goals.completed)}
          >
            {t.goals.complete}
          </button>
        )}
        {status !== 'completed' && (
          <button type="button" class="link" onClick={() => change(turn, isPaused ? t.goals.resumed : t.goals.paused)}>
            {isPaused ? t.goals.resume : t.goals.pause}
          </button>
        )}
        <button type="button" class="link bad" onClick={() => change(() => call(deleteGoal, { id }), t.goals.removed)}>
          {texts().form.remove}
        </button>
      </div>
    </li>
  )
}

function Why({ reason }: { readonly reason: string | null }) {
  const unknown = recordTexts().evidence.directions['not-enough-data']
  if (reason === null) return <p class="soft">{unknown}</p>
  return (
    <p class="soft">
      <bdi {...saidByServer(reason)} />
    </p>
  )
}

/** How far a goal is, in a bar and in words; why nobody can say, when nobody can. */
export function GoalBar({ goal }: { readonly goal: Goal }) {
  const t = recordTexts().goals
  const { progress_detail: detail, progress } = goal
  const { target_value, current_value, unit } = detail.canonical
  const inOwnUnit = (value: number) => apart(amount(value, unit, goal.metric_type).join(' '))
  const target = target_value === null ? undefined : t.target(inOwnUnit(target_value))
  const current = current_value === null ? undefined : t.now(inOwnUnit(current_value))
  const until = goal.target_date === null ? undefined : t.until(day(goal.target_date))
  return (
    <>
      {progress === null ? (
        <Why reason={detail.reason} />
      ) : (
        <div class="progress">
          <progress max={100} value={progress} aria-label={goal.title} />
          <span class="tabular">{t.percent(number(progress, 0))}</span>
        </div>
      )}
      <p class="soft">
        {[words(goal.metric_type), current, target, until].filter((one) => one !== undefined).join(' · ')}
      </p>
    </>
  )
}
