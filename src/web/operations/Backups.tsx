import { useEffect } from 'preact/hooks'
import type { OutputOf } from '../../kernel/contract.ts'
import type { desk } from '../../kernel/desk/contract.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { ago, dayAndClock, number } from '../format.ts'
import { Shown } from '../parts/Page.tsx'
import { complain, say } from '../parts/Toast.tsx'
import { backupsTexts } from './backupTexts.ts'
import { bytes } from './bytes.ts'
import { backups, checkBackup, drillBackup, makeBackup } from './endpoints.ts'
import { operationsTexts } from './texts.ts'

type State = OutputOf<(typeof desk)['operations']['backups']>

const AGAIN_MS = 2000

/** Backups: made, checked and practised at the screen, with what came of it. */
export function Backups({ command }: { readonly command: string }) {
  const answer = useQuery(backups, {})
  return (
    <section class="card">
      <h2>{operationsTexts().setup.backup}</h2>
      <Shown answer={answer}>{(state) => <Here state={state} />}</Shown>
      <p class="soft">{backupsTexts().command}</p>
      <p class="secret">
        <code>{command}</code>
      </p>
    </section>
  )
}

function Here({ state }: { readonly state: State }) {
  const t = backupsTexts()
  const { setup } = operationsTexts()
  const isBusy = state.running !== null
  useEffect(() => {
    if (!isBusy) return
    const timer = setInterval(refresh, AGAIN_MS)
    return () => clearInterval(timer)
  }, [isBusy])
  const begin = async (work: Promise<unknown>) => {
    await work
    say(t.begun)
    refresh()
  }
  return (
    <>
      <p class="soft">{state.is_sealed ? setup.sealed : setup.unsealed}</p>
      <div class="actions">
        <button
          type="button"
          class="button"
          disabled={isBusy || !state.is_sealed}
          onClick={() => begin(call(makeBackup, {})).catch(complain)}
        >
          {t.make}
        </button>
      </div>
      <p role="status">{state.running === null ? null : t.works[state.running.kind]}</p>
      {state.items.length === 0 ? <p>{t.none}</p> : <p class="soft">{t.drillText}</p>}
      <ul class="rows">
        {state.items.map(({ name, at, bytes: size }) => (
          <li key={name}>
            <span class="grow">
              {dayAndClock(at)} <small class="soft">{bytes(size)}</small>
              <Last state={state} name={name} />
            </span>
            <button
              type="button"
              class="button quiet"
              disabled={isBusy}
              onClick={() => begin(call(checkBackup, { name })).catch(complain)}
            >
              {t.check}
            </button>
            <button
              type="button"
              class="button quiet"
              disabled={isBusy}
              onClick={() => begin(call(drillBackup, { name })).catch(complain)}
            >
              {t.drill}
            </button>
          </li>
        ))}
      </ul>
      <Failures state={state} />
    </>
  )
}

/** What came of the last work on one backup. */
function Last({ state, name }: { readonly state: State; readonly name: string }) {
  const t = backupsTexts()
  const last = state.results.find((one) => one.name === name)
  if (last === undefined) return null
  if (last.found === null) return <Failure fault={last.fault} />
  return (
    <small class="soft">
      {t.whole[last.kind](number(last.found.tables), number(last.found.files))} {ago(last.ended_at)}
    </small>
  )
}

/** Work that failed before there was a file. */
function Failures({ state }: { readonly state: State }) {
  const names = new Set(state.items.map((one) => one.name))
  const failed = state.results.filter((one) => one.found === null && !names.has(one.name))
  return failed.map((one) => (
    <p key={one.name}>
      {dayAndClock(one.started_at)} <Failure fault={one.fault} />
    </p>
  ))
}

function Failure({ fault }: { readonly fault: string | null }) {
  return (
    <>
      <span class="tag bad">{backupsTexts().failed}</span> <small dir="auto">{fault}</small>
    </>
  )
}
