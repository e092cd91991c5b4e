import { Empty, Page } from '../parts/Page.tsx'
import { Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** An address that leads nowhere. */
export function NowherePage() {
  const t = texts()
  return (
    <Page title={t.nowhere.title}>
      <Empty
        text={t.nowhere.text}
        action={
          <Link to="/app/today" class="button">
            {t.nav.home}
          </Link>
        }
      />
    </Page>
  )
}
