import { useQuery } from '../../../web/client/cache.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { AlertCard } from './AlertCard.tsx'
import { listAlerts } from './endpoints.ts'

/** Every alert: those that wait for an answer first. */
export function AlertsPage() {
  const t = recordTexts().alerts
  const answer = useQuery(listAlerts, { limit: 100 })
  return (
    <Page title={t.title} lead={t.lead} back={['/app/more', texts().nav.more]}>
      <Shown answer={answer}>
        {({ items }) => {
          const open = items.filter((one) => one.state === 'raised')
          const past = items.filter((one) => one.state !== 'raised')
          return (
            <>
              {open.length === 0 ? (
                <Empty text={t.none} />
              ) : (
                <ul class="cards">
                  {open.map((alert) => (
                    <AlertCard key={alert.id} alert={alert} />
                  ))}
                </ul>
              )}
              {past.length > 0 && (
                <section>
                  <h2>{t.past}</h2>
                  <ul class="cards">
                    {past.map((alert) => (
                      <AlertCard key={alert.id} alert={alert} />
                    ))}
                  </ul>
                </section>
              )}
            </>
          )
        }}
      </Shown>
    </Page>
  )
}
