import { Icon, type IconName } from '../../../web/parts/Icon.tsx'
import { Page } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { privacyTexts } from './texts.ts'

/** The four ways to rule one's record. */
export function PrivacyPage() {
  const t = privacyTexts()
  const doors: readonly (readonly [path: string, icon: IconName, title: string, text: string])[] = [
    ['/app/sharing', 'people', t.doors.sharing, t.doors.sharingText],
    ['/app/consents', 'check', t.doors.consents, t.doors.consentsText],
    ['/app/who-saw', 'search', t.doors.seen, t.doors.seenText],
    ['/app/my-data', 'lock', t.doors.data, t.doors.dataText],
  ]
  return (
    <Page title={t.title} lead={t.lead} back={['/app/more', texts().nav.more]}>
      <ul class="doors">
        {doors.map(([path, icon, title, text]) => (
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
    </Page>
  )
}
