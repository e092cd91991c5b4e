import { session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { setTheme, THEMES, theme } from '../client/theme.ts'
import { Icon, type IconName } from '../parts/Icon.tsx'
import { LanguageChoice } from '../parts/LanguageChoice.tsx'
import { Page } from '../parts/Page.tsx'
import { Segments } from '../parts/Segments.tsx'
import { SignOut } from '../parts/SignOut.tsx'
import { Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** Everything that isn't used every day. */
export function MorePage() {
  const t = texts().more
  const wanted = useStore(theme)
  const state = useStore(session)
  const roles: readonly string[] = state.kind === 'somebody' ? state.session.account.roles : []
  const hasOthers = state.kind === 'somebody' && state.session.people.length > 1
  const isStaff = roles.includes('operator') || roles.includes('administrator')
  const places: readonly (readonly [path: string, icon: IconName, title: string, text: string])[] = [
    ['/app/wellness', 'wellness', t.wellness, t.wellnessText],
    ['/app/symptoms', 'symptom', t.symptoms, t.symptomsText],
    ['/app/goals', 'goal', t.goals, t.goalsText],
    ['/app/alerts', 'bell', t.alerts, t.alertsText],
    ['/app/devices', 'pulse', t.devices, t.devicesText],
    ['/app/facts', 'records', t.facts, t.factsText],
    ['/app/people', 'people', t.people, t.peopleText],
    ...(hasOthers ? [['/app/board', 'check', t.board, t.boardText] as const] : []),
    ['/app/overview', 'records', t.overview, t.overviewText],
    ['/app/privacy', 'check', t.privacy, t.privacyText],
    ['/app/display', 'today', t.display, t.displayText],
    ['/app/account', 'lock', t.account, t.accountText],
    ...(isStaff ? [['/app/operations', 'pulse', t.operations, t.operationsText] as const] : []),
  ]
  return (
    <Page title={t.title}>
      <ul class="doors">
        {places.map(([path, icon, title, text]) => (
          <li key={path}>
            <Link to={path}>
              <Icon name={icon} />
              <span>
                <strong>{title}</strong>
                <small>{text}</small>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <section class="card row">
        <div>
          <h2>{t.look}</h2>
          <p class="soft">{t.lookText}</p>
        </div>
        <Segments
          label={t.look}
          name="theme"
          options={THEMES.map((one) => [one, t.themes[one]] as const)}
          value={wanted}
          onPick={setTheme}
        />
      </section>
      <LanguageChoice />
      <p class="footer">
        <a href="/status">{t.status}</a>
        <a href="/developers">{t.developers}</a>
        {roles.includes('administrator') && <a href="/demo-household">{t.demo}</a>}
        <SignOut />
      </p>
    </Page>
  )
}
