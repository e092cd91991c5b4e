import { measured, number } from '../format.ts'
import { recordTexts } from '../texts/record.ts'
import { saidByServer } from '../texts/serverWords.ts'

interface EvidenceProps {
  readonly direction: 'rising' | 'falling' | 'steady' | 'not-enough-data'
  readonly method: string
  readonly n: number
  readonly spanDays: number
  readonly slope: number | null
  readonly interval: readonly number[] | null
  readonly p: number | null
  readonly reason: string | null
  readonly unit?: string
  /** Further lines: what was looked at, what was missing. */
  readonly notes?: readonly (readonly [term: string, text: string])[]
}

/** What can be said of a course, and behind a click how that is known. "Not enough data" is an answer. */
export function Evidence({
  direction,
  method,
  n,
  spanDays,
  slope,
  interval,
  p,
  reason,
  unit = '',
  notes = [],
}: EvidenceProps) {
  const t = recordTexts().evidence
  const [low, high] = interval ?? []
  const lines: (readonly [string, string])[] = [
    [t.basis, t.basisText(n, number(spanDays, 0))],
    [t.method, t.methods[method as keyof typeof t.methods] ?? saidByServer(method).children],
    ...(slope === null ? [] : [[t.slope, t.perWeek(measured(slope), unit)] as const]),
    ...(low === undefined || high === undefined
      ? []
      : [[t.interval, t.intervalText(measured(low), measured(high), unit)] as const]),
    ...(p === null ? [] : [[t.chance, p < 0.001 ? t.lessThanAThousandth : number(p, 3)] as const]),
    ...notes,
  ]
  return (
    <div class="evidence">
      <p>
        <span class={`tag ${direction}`}>{t.directions[direction]}</span>
        {reason !== null && (
          <>
            {' '}
            <bdi class="soft" {...saidByServer(reason)} />
          </>
        )}
      </p>
      <details>
        <summary>{t.how}</summary>
        <dl>
          {lines.map(([term, text]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd dir="auto">{text}</dd>
            </div>
          ))}
        </dl>
        <p class="soft">{t.limits}</p>
      </details>
    </div>
  )
}
