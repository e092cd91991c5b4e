import { useEffect, useRef, useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { metricName } from '../../../web/texts/serverWords.ts'
import type { deviceData } from '../contract.ts'
import { listSourceOrders, resetSourceOrder, setSourceOrder } from './endpoints.ts'
import { devicesTexts } from './texts.ts'
import { sourceLabel, useMetricNames } from './words.ts'

type Source = OutputOf<(typeof deviceData)['operations']['listSources']>['items'][number]

/** Metrics that are one thing to people have one order. */
const groupOf = (metric: string) => /sleep|^blood_pressure/.exec(metric)?.[0] ?? metric

/** Which source counts where several measured the same: for all values, or for those of one kind. */
export function SourceOrder({ items }: { readonly items: readonly Source[] }) {
  const { sources: t, vitals } = devicesTexts()
  const orders = useQuery(listSourceOrders, {}).value?.items ?? []
  const nameOf = useMetricNames()
  const [group, setGroup] = useState('')
  const shared = Map.groupBy(
    items.flatMap((one) => one.metrics.map((metric) => [metric, one.source_name] as const)),
    ([metric]) => groupOf(metric),
  )
  const groups = [...shared].filter(([, all]) => new Set(all.map(([, source]) => source)).size > 1)
  const metrics = [...new Set(shared.get(group)?.map(([metric]) => metric) ?? [undefined])]
  const among = items.filter((one) => metrics.some((metric) => metric === undefined || one.metrics.includes(metric)))
  const orderOf = (metric: string | undefined) => orders.find((one) => one.data_type === (metric ?? null))
  const own = orderOf(metrics[0])
  const ranks = (own ?? orderOf(undefined))?.sources ?? []
  const rankOf = ({ source_name }: Source) => ranks.indexOf(source_name) + 1 || ranks.length + 1
  const shown = among.toSorted((left, right) => rankOf(left) - rankOf(right)).map((one) => one.source_name)
  if (items.length < 2) return null
  const write = (work: (metric: string | undefined) => Promise<unknown>) =>
    Promise.all(metrics.map(work)).then(() => {
      refresh()
      return true
    }, complain)
  const move = async (name: string, from: number, to: number) => {
    const moved = shown.toSpliced(from, 1).toSpliced(to, 0, name)
    // Those that have given nothing yet keep their place behind.
    const sources = [...moved, ...ranks.filter((one) => !moved.includes(one))]
    const isDone = await write((data_type) => call(setSourceOrder, { sources, ...(data_type && { data_type }) }))
    if (isDone) say(t.place(sourceLabel(name), to + 1))
  }
  return (
    <>
      <h3>{t.order}</h3>
      <p class="soft">{t.text}</p>
      {groups.length > 0 && (
        <label class="field">
          <span>{t.orderOf}</span>
          <select value={group} onChange={(event) => setGroup(event.currentTarget.value)}>
            <option value="">{t.all}</option>
            {groups.map(([code]) => (
              <option key={code} value={code}>
                {code === 'sleep' ? vitals.sleep : metricName({ metric_type: code, label: nameOf(code) })}
              </option>
            ))}
          </select>
        </label>
      )}
      <Ranks shown={shown} onMove={move} />
      {own !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => write((data_type) => call(resetSourceOrder, data_type === undefined ? {} : { data_type }))}
        >
          {t.usual}
        </button>
      )}
    </>
  )
}

interface RanksProps {
  readonly shown: readonly string[]
  readonly onMove: (name: string, from: number, to: number) => Promise<void>
}

/** The sources in their order, each with a button up and one down. */
function Ranks({ shown, onMove }: RanksProps) {
  const { sources: t } = devicesTexts()
  const pressed = useRef<HTMLElement | null>(null)
  // A row that moved takes the keyboard along.
  useEffect(() => {
    pressed.current?.focus()
    pressed.current = null
  }, [shown.join()])
  const press = (name: string, from: number, to: number, button: HTMLElement) => {
    if (shown[to] === undefined) return
    pressed.current = button
    void onMove(name, from, to)
  }
  return (
    <ol class="rows ranked">
      {shown.map((name, place) => (
        <li key={name}>
          <strong class="grow" dir="auto">
            {sourceLabel(name)}
          </strong>
          {[-1, 1].map((step) => (
            <button
              key={step}
              type="button"
              class="plain"
              aria-label={(step < 0 ? t.up : t.down)(sourceLabel(name))}
              aria-disabled={shown[place + step] === undefined}
              onClick={(event) => press(name, place, place + step, event.currentTarget)}
            >
              {step < 0 ? '↑' : '↓'}
            </button>
          ))}
        </li>
      ))}
    </ol>
  )
}
