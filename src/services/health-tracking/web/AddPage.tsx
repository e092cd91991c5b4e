import { useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { Icon, type IconName } from '../../../web/parts/Icon.tsx'
import { Page, Shown } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { metricName } from '../../../web/texts/serverWords.ts'
import { listMetrics, listMetricTypes } from './endpoints.ts'
import { DIASTOLIC, type MetricType, type MetricTypeInfo, SYSTOLIC } from './words.ts'

const USUAL: readonly MetricType[] = [
  'weight',
  'blood_glucose',
  'heart_rate',
  'temperature',
  'oxygen_saturation',
  'steps',
  'sleep_duration',
  'water',
]
const SHOWN_AT_ONCE = 8
/** Said by other entries, or computed. */
const HIDDEN: readonly MetricType[] = [SYSTOLIC, DIASTOLIC, 'blood_pressure_mean', 'bmi']

/** What to add: what was added lately comes first, everything else is found by its name. */
export function AddPage() {
  const t = recordTexts().add
  const types = useQuery(listMetricTypes, {})
  const recent = useQuery(listMetrics, { limit: 50 })
  const [wanted, setWanted] = useState('')
  return (
    <Page title={t.title} lead={t.lead}>
      <ul class="picks first">
        <Pick to="/app/wellness" icon="wellness" label={t.feeling} />
        <Pick to="/app/add/blood-pressure" icon="pulse" label={t.bloodPressure} />
        <Pick to="/app/add/symptom" icon="symptom" label={t.symptom} />
      </ul>
      <Shown answer={types}>
        {({ items }) => (
          <>
            <label class="search">
              <span class="unseen">{t.search}</span>
              <Icon name="search" size={20} />
              <input
                type="search"
                placeholder={t.search}
                value={wanted}
                onInput={(event) => setWanted(event.currentTarget.value)}
              />
            </label>
            {wanted.trim() === '' ? (
              <Usual items={items} recent={recent.value?.items.map((one) => one.metric_type) ?? []} />
            ) : (
              <Found items={items} wanted={wanted} />
            )}
          </>
        )}
      </Shown>
    </Page>
  )
}

function Pick({ to, icon, label }: { readonly to: string; readonly icon?: IconName; readonly label: string }) {
  return (
    <li>
      <Link to={to} class="pick">
        {icon !== undefined && <Icon name={icon} />}
        <span>{label}</span>
      </Link>
    </li>
  )
}

function Usual({
  items,
  recent,
}: {
  readonly items: readonly MetricTypeInfo[]
  readonly recent: readonly MetricType[]
}) {
  const t = recordTexts().add
  const shown = items.filter((one) => !HIDDEN.includes(one.metric_type))
  const order = [...new Set([...recent, ...USUAL])]
  const first = order.flatMap((type) => shown.find((one) => one.metric_type === type) ?? []).slice(0, SHOWN_AT_ONCE)
  const rest = shown.filter((one) => !first.includes(one))
  const groups = [...new Set(rest.map((one) => one.group))]
  return (
    <>
      <Picks items={first} />
      <section class="card groups">
        <div>
          {groups.map((group) => (
            <details key={group} class="group">
              <summary>{t.groups[group as keyof typeof t.groups] ?? group}</summary>
              <Picks items={rest.filter((one) => one.group === group)} />
            </details>
          ))}
        </div>
      </section>
    </>
  )
}

function Found({ items, wanted }: { readonly items: readonly MetricTypeInfo[]; readonly wanted: string }) {
  const t = recordTexts().add
  const words = wanted.trim().toLowerCase()
  const found = items.filter(
    (one) => !HIDDEN.includes(one.metric_type) && `${metricName(one)} ${one.label}`.toLowerCase().includes(words),
  )
  return (
    <>
      <p class="soft" role="status">
        {t.found(found.length)}
      </p>
      <Picks items={found} />
    </>
  )
}

function Picks({ items }: { readonly items: readonly MetricTypeInfo[] }) {
  return (
    <ul class="picks">
      {items.map((one) => (
        <Pick key={one.metric_type} to={`/app/add/${one.metric_type}`} label={metricName(one)} />
      ))}
    </ul>
  )
}
