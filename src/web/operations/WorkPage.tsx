import type { OutputOf } from '../../kernel/contract.ts'
import type { desk } from '../../kernel/desk/contract.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { ago, dayAndClock, number } from '../format.ts'
import { Shown } from '../parts/Page.tsx'
import { Table } from '../parts/Table.tsx'
import { complain, say } from '../parts/Toast.tsx'
import { Desk, useLive } from './Desk.tsx'
import { retryDelivery, retryJob, work } from './endpoints.ts'
import { operationsTexts } from './texts.ts'

type Work = OutputOf<(typeof desk)['operations']['work']>

/** Jobs and deliveries: what waits, what failed, what comes next. */
export function WorkPage() {
  return (
    <Desk tab="work">
      <Live />
    </Desk>
  )
}

function Live() {
  useLive(5)
  const answer = useQuery(work, {})
  return (
    <Shown answer={answer}>
      {(now) => (
        <>
          <Jobs now={now} />
          <Deliveries now={now} />
          <Recurring recurring={now.recurring} />
        </>
      )}
    </Shown>
  )
}

function Jobs({ now }: { readonly now: Work }) {
  const t = operationsTexts().work
  const { waiting, running, failed } = now.jobs
  const again = (id: string) => () => call(retryJob, { id })
  return (
    <section class="card">
      <h2>{t.jobs}</h2>
      <p class="soft">{t.jobsState(number(waiting), number(running))}</p>
      <Failed
        count={failed}
        rows={now.failed_jobs.map((one) => ({
          ...one,
          key: one.id,
          what: `${one.service} · ${one.name}`,
          again: again(one.id),
        }))}
      />
    </section>
  )
}

function Deliveries({ now }: { readonly now: Work }) {
  const t = operationsTexts().work
  const { waiting, failed, oldest_waiting_at: oldest } = now.deliveries
  return (
    <section class="card">
      <h2>{t.deliveries}</h2>
      <p class="soft">
        {t.deliveriesState(number(waiting))} {oldest !== null && t.oldest(ago(oldest))}
      </p>
      <Failed
        count={failed}
        rows={now.failed_deliveries.map((one) => ({
          ...one,
          key: `${one.event_id} ${one.consumer}`,
          what: `${one.type} → ${one.consumer}`,
          again: () => call(retryDelivery, { event_id: one.event_id, consumer: one.consumer }),
        }))}
      />
    </section>
  )
}

interface FailedRow {
  readonly key: string
  readonly what: string
  readonly attempts: number
  readonly failed_at: string
  readonly error: string | null
  readonly again: () => Promise<unknown>
}

function Failed({ count, rows }: { readonly count: number; readonly rows: readonly FailedRow[] }) {
  const t = operationsTexts().work
  if (count === 0) return <p>{t.noneFailed}</p>
  const retry = async (row: FailedRow) => {
    await row.again()
    refresh()
    say(t.retried)
  }
  return (
    <>
      <p>
        <span class="tag bad">{t.failed(count)}</span>
      </p>
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.key}>
            <span class="grow">
              <strong dir="auto">{row.what}</strong>
              <small class="soft">{t.tried(number(row.attempts), ago(row.failed_at), row.error ?? t.unknown)}</small>
            </span>
            <button type="button" class="button quiet" onClick={() => retry(row).catch(complain)}>
              {t.retry}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Recurring({ recurring }: { readonly recurring: Work['recurring'] }) {
  const t = operationsTexts().work
  return (
    <section class="card">
      <h2>{t.recurring}</h2>
      <Table
        titles={[t.job, t.next, t.last]}
        rows={recurring.map((one) => [
          `${one.service} · ${one.name}`,
          one.is_running ? t.running : dayAndClock(one.next_at),
          <>
            {one.last_error !== null && <span class="tag bad">{one.last_error}</span>}{' '}
            {one.last_run_at === null ? t.never : ago(one.last_run_at)}
          </>,
        ])}
      />
    </section>
  )
}
