import { useState } from 'preact/hooks'
import type { OutputOf } from '../../kernel/contract.ts'
import type { desk } from '../../kernel/desk/contract.ts'
import { useQuery } from '../client/cache.ts'
import { day, dayAndClock, number } from '../format.ts'
import { Shown } from '../parts/Page.tsx'
import { asEnglish } from '../texts/serverWords.ts'
import { Backups } from './Backups.tsx'
import { Desk } from './Desk.tsx'
import { setup } from './endpoints.ts'
import { operationsTexts } from './texts.ts'

type Setup = OutputOf<(typeof desk)['operations']['setup']>

/** How the platform is set up: backups, settings with their source, steps of the database. */
export function SetupPage() {
  return (
    <Desk tab="setup">
      <All />
    </Desk>
  )
}

function All() {
  const answer = useQuery(setup, {})
  return (
    <Shown answer={answer}>
      {(now) => (
        <>
          <Backups command={now.backup.command} />
          <Settings now={now} />
          <Migrations migrations={now.migrations} />
        </>
      )}
    </Shown>
  )
}

function Settings({ now }: { readonly now: Setup }) {
  const t = operationsTexts().setup
  const [isShort, setShort] = useState(true)
  const shown = now.settings.filter((one) => !isShort || one.source !== 'default')
  const parts = [...new Set(shown.map((one) => one.part))]
  return (
    <section class="card">
      <div class="row">
        <h2>{t.settings}</h2>
        <label class="tick">
          <input type="checkbox" checked={isShort} onChange={() => setShort(!isShort)} />
          <span>{t.setOnly}</span>
        </label>
      </div>
      <p class="soft">{t.settingsText}</p>
      {now.elsewhere.length > 0 && <p class="soft">{t.elsewhere(now.elsewhere.join(', '))}</p>}
      {shown.length === 0 && <p>{t.noneSet}</p>}
      {parts.map((part) => (
        <div key={part}>
          <h3>{part}</h3>
          <ul class="rows">
            {shown
              .filter((one) => one.part === part)
              .map((one) => (
                <li key={one.variable}>
                  <span class="grow">
                    <code>{one.variable}</code> <strong dir="auto">{one.value ?? t.unset}</strong>
                    <small class="soft" {...asEnglish()}>
                      {one.doc}
                    </small>
                  </span>
                  {one.source === 'default' && <span class="tag">{t.byDefault}</span>}
                  {one.source !== 'default' && one.source !== one.variable && (
                    <span class="tag">{t.from(one.source)}</span>
                  )}
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function Migrations({ migrations }: { readonly migrations: Setup['migrations'] }) {
  const t = operationsTexts().setup
  const [newest] = migrations
  return (
    <section class="card">
      <details>
        <summary>
          <h2>{t.migrations}</h2>
        </summary>
        {newest !== undefined && (
          <p class="soft">{t.migrationsText(number(migrations.length), day(newest.applied_at))}</p>
        )}
        <ul class="rows">
          {migrations.map((one) => (
            <li key={`${one.service} ${one.name}`}>
              <span class="grow">
                {one.service} · {one.name}
              </span>
              <small class="soft">{dayAndClock(one.applied_at)}</small>
            </li>
          ))}
        </ul>
      </details>
    </section>
  )
}
