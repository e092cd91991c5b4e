import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { ago, day } from '../../../web/format.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { listApps, revokeApp } from './endpoints.ts'
import { doorsTexts } from './texts.ts'

/** Apps that may read the record, what each may in plain words, and their end in one tap. */
export function Apps() {
  const t = doorsTexts()
  const answer = useQuery(listApps, {})
  const end = async (client_id: string) => {
    await call(revokeApp, { client_id })
    refresh()
    say(t.appEnded)
  }
  return (
    <section class="card">
      <h2>{t.apps}</h2>
      <p class="soft">{t.appsText}</p>
      <Shown answer={answer}>
        {({ apps }) =>
          apps.length === 0 ? (
            <Empty text={t.noApps} />
          ) : (
            <ul class="rows">
              {apps.map((one) => (
                <li key={one.id}>
                  <span class="grow">
                    <strong dir="auto">{one.name}</strong>{' '}
                    <span class="soft" dir="auto">
                      {t.appBy(one.publisher)}
                    </span>
                    <small>
                      {t.appMay}: <span lang="en">{one.can.join('; ')}</span>
                    </small>
                    <small class="soft">
                      {t.appUntil(day(one.ends_at))} ·{' '}
                      {one.last_used_at === null ? t.appUnused : t.appUsed(ago(one.last_used_at))}
                    </small>
                  </span>
                  <button
                    type="button"
                    class="button quiet"
                    aria-label={t.endOne(one.name)}
                    onClick={() => end(one.client_id).catch(complain)}
                  >
                    {t.endApp}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  )
}
