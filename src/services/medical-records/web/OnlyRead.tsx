import type { Analysis } from './sendFile.ts'
import { recordsTexts } from './texts.ts'

/** What was read in a file that nobody keeps. */
export function OnlyRead({ analysis }: { readonly analysis: Analysis }) {
  const t = recordsTexts()
  const { test_results: results, medications, critical_info: critical, diagnosis, fault, warnings } = analysis
  const known: Readonly<Record<string, string>> = t.document.warnings
  const lines: (readonly [string, string])[] = [
    ...results.map(
      (one) =>
        [
          one.test_name,
          [one.result_value, one.unit, one.reference_range === null ? '' : `(${one.reference_range})`]
            .filter(Boolean)
            .join(' '),
        ] as const,
    ),
    ...medications.map((one) => [one.name, [one.dosage, one.frequency].filter(Boolean).join(' · ')] as const),
    ...critical.map((one) => [t.review.kinds.critical_info, one.value] as const),
    ...(diagnosis === null ? [] : [[t.review.kinds.diagnosis, diagnosis] as const]),
  ]
  return (
    <div>
      <h3>{t.upload.onlyRead}</h3>
      <p class="soft">{t.upload.onlyReadText}</p>
      {fault !== null && <p class="notice">{t.faults[fault]}</p>}
      {warnings.map((one) => (
        <p key={one} class="notice">
          {known[one] ?? one}
        </p>
      ))}
      {lines.length === 0 ? (
        <p>{t.upload.nothingRead}</p>
      ) : (
        <dl>
          {lines.map(([term, text], index) => (
            <div key={index}>
              <dt dir="auto">{term}</dt>
              <dd dir="auto">{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
