import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { ago, apart, dayAndClock, listed } from '../../../web/format.ts'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { asEnglish, citation, metricName } from '../../../web/texts/serverWords.ts'
import { acknowledgeAlert } from './endpoints.ts'
import { type Alert, alertTitle, amount, graveness, words } from './words.ts'

/** An alert: what it says, why it came, and the answer that it was seen. */
export function AlertCard({ alert }: { readonly alert: Alert }) {
  const t = recordTexts().alerts
  const acknowledge = async () => {
    await call(acknowledgeAlert, { id: alert.id })
    refresh()
    say(t.acknowledged)
  }
  return (
    <li class={`card alert ${alert.state === 'cleared' ? 'calm' : graveness(alert.severity_level)}`}>
      <div class="row">
        <h2 dir="auto">{alertTitle(alert)}</h2>
        <span class={`tag ${graveness(alert.severity_level)}`}>{words(alert.severity)}</span>
      </div>
      <Figure alert={alert} />
      <small class="soft">
        {t.states[alert.state]} {alert.acknowledged_by?.name != null && <bdi>{t.by(alert.acknowledged_by.name)} </bdi>}·{' '}
        {ago(alert.raised_at)}
      </small>
      <Reason alert={alert} />
      {alert.state === 'raised' && (
        <div class="actions">
          <button type="button" class="button quiet" onClick={() => acknowledge().catch(complain)}>
            {t.acknowledge}
          </button>
        </div>
      )}
    </li>
  )
}

type Told = { readonly canonical: { readonly value: number; readonly unit: string } }

function inOwnUnit({ canonical: { value, unit } }: Told, metric: string): [figure: string, unit: string] {
  return amount(value, unit, metric)
}

/** What was measured; of an alert that somebody wrote, their words. */
function Figure({ alert }: { readonly alert: Alert }) {
  const { reading, rule, message } = alert
  if (reading === null || rule === null) return <p dir="auto">{message}</p>
  const [figure, unit] = inOwnUnit(reading, reading.metric_type)
  return (
    <p class="figure">
      <bdi>
        <strong>{figure}</strong> {unit}
      </bdi>
    </p>
  )
}

function Reason({ alert }: { readonly alert: Alert }) {
  const t = recordTexts()
  const { reading, rule } = alert
  if (reading === null && rule === null) return null
  return (
    <details>
      <summary>{t.evidence.how}</summary>
      <dl>
        {reading !== null && (
          <div>
            <dt>{t.alerts.reading}</dt>
            <dd>
              {metricName(reading)}{' '}
              {listed([apart(inOwnUnit(reading, reading.metric_type).join(' ')), dayAndClock(reading.at)])}
            </dd>
          </div>
        )}
        {rule !== null && (
          <div>
            <dt>{t.alerts.rule}</dt>
            <dd>{t.alerts.ruleText(rule.comparison, ...inOwnUnit(rule, rule.metric_type), rule.consecutive)}</dd>
          </div>
        )}
        {rule !== null && (
          <div>
            <dt>{t.evidence.source}</dt>
            <dd {...asEnglish()}>{citation(rule.source)}</dd>
          </div>
        )}
      </dl>
    </details>
  )
}
