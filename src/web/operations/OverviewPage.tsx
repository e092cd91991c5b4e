import type { OutputOf } from '../../kernel/contract.ts'
import type { desk } from '../../kernel/desk/contract.ts'
import { useQuery } from '../client/cache.ts'
import { ago, apart, number } from '../format.ts'
import { Shown } from '../parts/Page.tsx'
import { Table } from '../parts/Table.tsx'
import { bytes } from './bytes.ts'
import { Desk, useLive } from './Desk.tsx'
import { overview } from './endpoints.ts'
import { operationsTexts } from './texts.ts'

type Overview = OutputOf<(typeof desk)['operations']['overview']>

/** How the platform is doing at this moment. */
export function OverviewPage() {
  return (
    <Desk tab="overview">
      <Live />
    </Desk>
  )
}

function Live() {
  useLive(5)
  const answer = useQuery(overview, {})
  return (
    <Shown answer={answer}>
      {(now) => (
        <>
          <Memory now={now} />
          <Services services={now.services} />
          <Outside outside={now.outside} />
        </>
      )}
    </Shown>
  )
}

function Memory({ now }: { readonly now: Overview }) {
  const t = operationsTexts().now
  const { memory, database_bytes, version, started_at } = now
  const { rss_bytes: used, limit_bytes: limit, database_process_bytes: beside } = memory
  const words = t.ofLimit(bytes(used), bytes(limit))
  return (
    <section class="card">
      <div class="row">
        <h2>{t.memory}</h2>
        <strong class="tabular">{words}</strong>
      </div>
      <progress max={limit} value={used} aria-label={`${t.memory}: ${words}`} />
      <Hour samples={memory.by_minute} />
      <p class="soft">
        {t.parts(bytes(memory.heap_bytes), bytes(database_bytes))}{' '}
        {beside !== null && `${t.databaseProcess(bytes(beside))} `}
        {t.runs(version, now.node.replace('v', ''), ago(started_at))}
      </p>
    </section>
  )
}

const [WIDTH, HEIGHT] = [300, 48]

/** The last hour as a line; its words say the same. */
function Hour({ samples }: { readonly samples: Overview['memory']['by_minute'] }) {
  const t = operationsTexts().now
  if (samples.length < 2) return null
  const values = samples.map((one) => one.rss_bytes)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (index: number) => (index / (values.length - 1)) * WIDTH
  const y = (value: number) => HEIGHT - 4 - ((value - low) / Math.max(1, high - low)) * (HEIGHT - 8)
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  return (
    <svg class="hour" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>{t.memoryHour(bytes(low), bytes(high))}</title>
      <polyline points={points} />
    </svg>
  )
}

function Services({ services }: { readonly services: Overview['services'] }) {
  const t = operationsTexts().now
  return (
    <section class="card">
      <h2>{t.services}</h2>
      <p class="soft">{t.servicesText}</p>
      <Table
        titles={[t.service, t.state, t.requests, t.faults, t.speed]}
        rows={services.map((one) => [
          <>
            {one.name}
            {one.where === 'another process' && <small> · {t.elsewhere}</small>}
          </>,
          <span class={one.status === 'healthy' ? 'tag good' : 'tag bad'}>{t.states[one.status] ?? one.status}</span>,
          number(one.requests),
          <span class={one.failed > 0 ? 'bad' : undefined}>{number(one.failed)}</span>,
          one.p95_ms === null ? '–' : apart(`${number(one.p95_ms, 0)} ms`),
        ])}
      />
    </section>
  )
}

function Outside({ outside }: { readonly outside: Overview['outside'] }) {
  const t = operationsTexts().now
  return (
    <section class="card">
      <h2>{t.outside}</h2>
      <ul class="rows">
        {outside.map((one) => (
          <li key={one.name}>
            <span class="grow">
              <strong>{t.outsideNames[one.name] ?? one.name}</strong>
              <small class="soft">{one.is_on ? one.through : (t.outsideOff[one.name] ?? one.through)}</small>
            </span>
            <span class={one.is_on ? 'tag good' : 'tag'}>{one.is_on ? t.on : t.off}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
