import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { refresh } from '../client/cache.ts'
import { session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { Page } from '../parts/Page.tsx'
import { Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { operationsTexts } from './texts.ts'

const TABS = ['overview', 'requests', 'work', 'trust', 'accounts', 'setup', 'logs'] as const
export type Tab = (typeof TABS)[number]

/** Whether the account at the screen runs the platform, and may change accounts. */
export function useStaff(): { readonly isStaff: boolean; readonly isAdministrator: boolean } {
  const state = useStore(session)
  const roles: readonly string[] = state.kind === 'somebody' ? state.session.account.roles : []
  const isAdministrator = roles.includes('administrator')
  return { isStaff: isAdministrator || roles.includes('operator'), isAdministrator }
}

/** What stands around every part of operations. Who may not see them is told so, and nothing is asked for them. */
export function Desk({ tab, children }: { readonly tab: Tab; readonly children: ComponentChildren }) {
  const t = operationsTexts()
  const { isStaff, isAdministrator } = useStaff()
  const may = tab === 'accounts' ? isAdministrator : isStaff
  const shown = TABS.filter((one) => one !== 'accounts' || isAdministrator)
  return (
    <Page title={t.title} lead={t.lead} back={['/app/more', texts().nav.more]}>
      {isStaff && (
        <nav class="tabs" aria-label={t.tabsLabel}>
          {shown.map((one) => (
            <Link key={one} to={pathOf(one)} isCurrent={one === tab}>
              {t.tabs[one]}
            </Link>
          ))}
        </nav>
      )}
      {may ? children : <p class="notice">{t.notYours}</p>}
    </Page>
  )
}

function pathOf(tab: Tab): string {
  return tab === 'overview' ? '/app/operations' : `/app/operations/${tab}`
}

/** Asks what is on the screen again every few seconds, as long as somebody can see it. */
export function useLive(seconds: number): void {
  useEffect(() => {
    const ask = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    const timer = setInterval(ask, seconds * 1000)
    document.addEventListener('visibilitychange', ask)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [seconds])
}
