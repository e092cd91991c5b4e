import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { underWay } from './client/endpoint.ts'
import { isPartOpen, lookAt, type Person, type Session, useOther } from './client/session.ts'
import { useStore } from './client/store.ts'
import { day } from './format.ts'
import { AwayStrip } from './parts/AwayStrip.tsx'
import { Icon, type IconName } from './parts/Icon.tsx'
import { Mark } from './parts/Mark.tsx'
import { Page } from './parts/Page.tsx'
import { SosLink } from './parts/SosLink.tsx'
import { type Place, partsOf } from './places.ts'
import { go, Link } from './router.tsx'
import { texts } from './texts/catalogue.ts'

interface Entry {
  readonly path: string
  readonly icon: IconName
  readonly word: string
  readonly under: Place['under']
}

function entries(): readonly Entry[] {
  const t = texts().nav
  return [
    { path: '/app/today', icon: 'today', word: t.today, under: 'today' },
    { path: '/app/trends', icon: 'trends', word: t.trends, under: 'trends' },
    { path: '/app/add', icon: 'plus', word: t.add, under: 'add' },
    { path: '/app/records', icon: 'records', word: t.records, under: 'records' },
    { path: '/app/more', icon: 'more', word: t.more, under: 'more' },
  ]
}

interface ShellProps {
  readonly session: Session
  readonly place: Place
  readonly children: ComponentChildren
}

/** What stands around every page: the way to the others, and whose record is shown. */
export function Shell({ session, place, children }: ShellProps) {
  const other = useOther()
  const t = texts()
  useEffect(() => {
    addEventListener('keydown', search)
    return () => removeEventListener('keydown', search)
  }, [])
  const name = other === undefined ? session.account.name : other.display_name
  useEffect(() => {
    const head = () =>
      document.documentElement.style.setProperty('--paper', JSON.stringify(`${name ?? ''} · ${day(new Date())}`))
    addEventListener('beforeprint', head)
    return () => removeEventListener('beforeprint', head)
  }, [name])
  return (
    <div class={other === undefined ? 'shell' : 'shell guest'}>
      <a class="skip" href="#content">
        {t.nav.skip}
      </a>
      <header class="top">
        <Link to="/app/today" class="logo" label="Salus">
          <Mark /> <span>Salus</span>
        </Link>
        <Switcher people={session.people} current={other?.id} />
        <Link to="/app/search" class="look" label={t.nav.search}>
          <Icon name="search" />
        </Link>
        <SosLink isCurrent={place.path === '/app/sos'} />
      </header>
      <div class="bars">
        {session.account.is_demo && <DemoBar />}
        {other !== undefined && <GuestBar person={other} />}
        <AwayStrip />
      </div>
      <nav class="places" aria-label={t.nav.label}>
        {entries().map(({ path, icon, word, under }) => (
          <Link key={path} to={path} class={`place ${under}`} isCurrent={place.under === under}>
            <span class="pip">
              <Icon name={icon} />
            </span>
            <span>{word}</span>
          </Link>
        ))}
      </nav>
      <main id="content" tabIndex={-1} key={other?.id ?? ''}>
        {isPartOpen(other, ...partsOf(place.path)) ? (
          children
        ) : (
          <Page title={t.people.notShared} lead={t.people.notSharedText} />
        )}
      </main>
    </div>
  )
}

/** The key `/` searches, but not where somebody writes. */
function search(event: KeyboardEvent): void {
  const isWriting = (event.target as HTMLElement).matches('input, textarea, select')
  if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  go('/app/search')
}

/** Nobody takes made-up data for somebody's. */
function DemoBar() {
  const t = texts().demo
  return (
    <aside class="demo-bar" aria-label={t.bar}>
      <span>{t.bar}</span>
      <a href="/welcome/mine">{t.own}</a>
    </aside>
  )
}

/** Logging for the wrong person is the worst mistake a family can make here: whose record it is is always in view. */
function GuestBar({ person }: { readonly person: Person }) {
  const t = texts().people
  const isSaving = useStore(underWay) > 0
  return (
    <div class="guest-bar" role="status">
      <span dir="auto">{t.lookingAt(person.display_name ?? t.unnamed)}</span>
      <button type="button" disabled={isSaving} onClick={() => lookAt(undefined)}>
        {t.backToMine}
      </button>
    </div>
  )
}

function Switcher({ people, current }: { readonly people: readonly Person[]; readonly current: string | undefined }) {
  const t = texts().people
  // What is said of a change that is under way is said of this person.
  const isSaving = useStore(underWay) > 0
  if (people.length < 2) return null
  const own = people.find((one) => one.is_own)
  return (
    <label class="switcher">
      <span class="unseen">{t.whose}</span>
      <Icon name="people" size={20} />
      <select
        disabled={isSaving}
        value={current ?? own?.id}
        onChange={(event) => {
          const { value } = event.currentTarget
          lookAt(value === own?.id ? undefined : value)
        }}
      >
        {people.map((one) => (
          <option key={one.id} value={one.id} selected={one.id === (current ?? own?.id)}>
            {one.is_own ? t.me : (one.display_name ?? t.unnamed)}
          </option>
        ))}
      </select>
    </label>
  )
}
