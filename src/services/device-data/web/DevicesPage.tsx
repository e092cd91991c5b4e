import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { useQuery } from '../../../web/client/cache.ts'
import { ago } from '../../../web/format.ts'
import { Icon, type IconName } from '../../../web/parts/Icon.tsx'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import type { deviceData } from '../contract.ts'
import { DeviceRow } from './DeviceRow.tsx'
import { listDevices, listRecordings, listSources } from './endpoints.ts'
import { NewDevice } from './NewDevice.tsx'
import { Providers } from './Providers.tsx'
import { recordingTexts } from './recordingTexts.ts'
import { Sources } from './Sources.tsx'
import { devicesTexts } from './texts.ts'
import { Uploaders } from './Uploaders.tsx'

type Source = OutputOf<(typeof deviceData)['operations']['listSources']>['items'][number]

const VITALS =
  /^(heart_rate|resting_heart_rate|hrv_|rr_interval|heart_rate_variability|sleep_|(light|deep|rem)_sleep|blood_pressure_)/

/** What measures for the person, how its values come here, and what they say. */
export function DevicesPage() {
  const t = devicesTexts()
  const sources = useQuery(listSources, {})
  const items = sources.value?.items ?? []
  return (
    <Page title={t.title} lead={t.lead} back={['/app/more', texts().more.title]}>
      <Doors sources={items} />
      <Devices sources={items} />
      <Providers />
      <Sources answer={sources} />
      <Uploaders />
    </Page>
  )
}

/** A reading is offered only where there is something to read. */
function Doors({ sources }: { readonly sources: readonly Source[] }) {
  const t = devicesTexts()
  const metrics = sources.flatMap((one) => one.metrics)
  const r = recordingTexts()
  const recorded = useQuery(listRecordings, { limit: 1 })
  const doors: (readonly [path: string, icon: IconName, title: string, text: string])[] = [
    ['/app/imports', 'plus', t.importFile, t.importText],
  ]
  if (metrics.includes('continuous_glucose')) {
    doors.push(['/app/devices/glucose', 'trends', t.glucoseDoor, t.glucoseDoorText])
  }
  if (metrics.some((metric) => VITALS.test(metric))) {
    doors.push(['/app/devices/vitals', 'pulse', t.vitalsDoor, t.vitalsDoorText])
  }
  if ((recorded.value?.items.length ?? 0) > 0) {
    doors.push(['/app/devices/recordings', 'pulse', r.title, r.door])
  }
  return (
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
  )
}

function Devices({ sources }: { readonly sources: readonly Source[] }) {
  const t = devicesTexts().devices
  const answer = useQuery(listDevices, { limit: 200 })
  const [isAdding, setAdding] = useState(false)
  const lastOf = (source: string, synced: string | null) => {
    const latest = sources.find((one) => one.source_name === source)?.latest_at ?? synced
    return latest === null ? t.noData : t.lastData(ago(latest))
  }
  return (
    <section class="card">
      <div class="row">
        <h2>{t.title}</h2>
        <button type="button" class="button quiet" onClick={() => setAdding(true)}>
          {t.add}
        </button>
      </div>
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={t.none} />
          ) : (
            <ul class="rows">
              {items.map((one) => (
                <DeviceRow key={one.id} device={one} last={lastOf(one.source, one.last_sync_at)} />
              ))}
            </ul>
          )
        }
      </Shown>
      {isAdding && <NewDevice onClose={() => setAdding(false)} />}
    </section>
  )
}
