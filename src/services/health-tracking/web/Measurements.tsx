import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { apart, dayAndClock, number } from '../../../web/format.ts'
import { FormDialog } from '../../../web/parts/Form.tsx'
import { Icon } from '../../../web/parts/Icon.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { deleteMetric, deleteVital } from './endpoints.ts'
import { amount, type Shown, sourceWord } from './words.ts'

const SHOWN = 10

interface MeasurementsProps {
  readonly items: readonly Shown[]
  /** The second numbers of vital signs that have two. */
  readonly pair?: readonly Shown[] | undefined
  /** What each is called, where there are several kinds. */
  readonly nameOf?: ((one: Shown) => string) | undefined
}

/** Each measurement with where it came from; one that is wrong can be removed. */
export function Measurements({ items, pair = [], nameOf }: MeasurementsProps) {
  const t = recordTexts()
  const [removing, setRemoving] = useState<Shown>()
  const [isAll, setAll] = useState(false)
  const seconds = new Map(pair.map((one) => [one.vital_id, one]))
  const figuresOf = (one: Shown) => {
    const second = one.vital_id === null ? undefined : seconds.get(one.vital_id)
    const [first, unit] = figureOf(one)
    return apart(`${first}${second === undefined ? '' : `/${figureOf(second)[0]}`} ${unit}`)
  }
  if (items.length === 0) return null
  return (
    <section class="card">
      <h2>{t.trends.measurements}</h2>
      <ul class="rows">
        {items.slice(0, isAll ? items.length : SHOWN).map((one) => (
          <li key={one.id}>
            <strong class="tabular">{figuresOf(one)}</strong>
            <span class="grow soft">
              {dayAndClock(one.timestamp)} · {nameOf && `${nameOf(one)} · `}
              {sourceWord(one.source)}
              {(one.count ?? 1) > 1 && ` · n = ${number(one.count ?? 1)}`}
              {one.notes !== null && (
                <>
                  {' · '}
                  <bdi>{one.notes}</bdi>
                </>
              )}
            </span>
            {one.status === 'unusual' && <span class="tag warn">{t.trends.unusual}</span>}
            {one.count === undefined && (
              <button
                type="button"
                class="plain"
                aria-label={texts().form.removeOne(dayAndClock(one.timestamp))}
                onClick={() => setRemoving(one)}
              >
                <Icon name="close" size={18} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {!isAll && items.length > SHOWN && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {t.trends.showAll(items.length)}
        </button>
      )}
      {removing !== undefined && <Remove metric={removing} onClose={() => setRemoving(undefined)} />}
    </section>
  )
}

function figureOf({ canonical_value, canonical_unit, metric_type }: Shown): [figure: string, unit: string] {
  return amount(canonical_value, canonical_unit, metric_type)
}

function Remove({ metric, onClose }: { readonly metric: Shown; readonly onClose: () => void }) {
  const t = recordTexts()
  const send = async () => {
    // A part of a blood pressure goes with the whole.
    if (metric.vital_id === null) await call(deleteMetric, { id: metric.id })
    else await call(deleteVital, { id: metric.vital_id })
    onClose()
    refresh()
    say(t.trends.removed)
  }
  return (
    <FormDialog title={t.trends.removeTitle} onClose={onClose} onSend={send} submit={texts().form.remove} isDangerous>
      <p>
        <bdi>{figureOf(metric).join(' ')}</bdi> · {dayAndClock(metric.timestamp)}
      </p>
      {metric.vital_id !== null && <p class="soft">{t.trends.removeWhole}</p>}
    </FormDialog>
  )
}
