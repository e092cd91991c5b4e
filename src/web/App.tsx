import { useEffect } from 'preact/hooks'
import { tryAgain } from './client/reach.ts'
import { session } from './client/session.ts'
import { useStore } from './client/store.ts'
import { Lazy } from './Lazy.tsx'
import { Skeleton } from './parts/Page.tsx'
import { SosLink } from './parts/SosLink.tsx'
import { Toaster } from './parts/Toast.tsx'
import { placeOf } from './places.ts'
import { askToSignIn, go, usePath } from './router.tsx'
import { Shell } from './Shell.tsx'
import { texts } from './texts/catalogue.ts'

/** The whole client: who is at the screen decides whether there is a shell around the page. */
export function App() {
  const state = useStore(session)
  const path = usePath()
  const found = placeOf(path)
  const isOpen = found.place.isOpen === true
  const isForAll = found.place.isForAll === true
  useEffect(() => {
    if (state.kind === 'nobody' && !isOpen && !isForAll) askToSignIn()
    if (state.kind === 'somebody' && (isOpen || path === '/' || path === '/app')) go('/app/today', { replace: true })
  }, [state.kind, isOpen, isForAll, path])
  return (
    <>
      {state.kind !== 'somebody' && (isForAll ? <ForAll path={path} /> : <Help />)}
      {state.kind === 'unreachable' && !isForAll && <Unreachable />}
      {state.kind === 'unknown' && !isForAll && <Waiting />}
      {state.kind === 'nobody' && isOpen && (
        <main class="door">
          <Lazy key={path} place={found.place} params={found.params} />
        </main>
      )}
      {state.kind === 'somebody' && !isOpen && (
        <Shell session={state.session} place={found.place}>
          <Lazy key={path} place={found.place} params={found.params} />
        </Shell>
      )}
      <Toaster />
    </>
  )
}

/** The way to help where there is no shell yet. */
function Help() {
  return (
    <header>
      <SosLink isAlone />
    </header>
  )
}

/** A page that asks nobody who they are. */
function ForAll({ path }: { readonly path: string }) {
  const { place, params } = placeOf(path)
  return (
    <main>
      <Lazy key={path} place={place} params={params} />
    </main>
  )
}

function Waiting() {
  return (
    <main class="door">
      <Skeleton />
    </main>
  )
}

function Unreachable() {
  const t = texts()
  return (
    <main class="door">
      <h1>{t.errors.awayTitle}</h1>
      <p>{t.errors.unreachable}</p>
      <button type="button" class="button" onClick={() => void tryAgain()}>
        {t.errors.retry}
      </button>
    </main>
  )
}
