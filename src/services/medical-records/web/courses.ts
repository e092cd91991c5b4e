import type { OutputOf } from '../../../kernel/contract.ts'
import { manner } from '../../../web/client/manner.ts'
import { measured, number } from '../../../web/format.ts'
import { readsMolar } from '../../../web/units.ts'
import type { medicalRecords } from '../contract.ts'
import type { Lab } from './timeline.ts'
import { rangeText } from './values.ts'

type Biomarker = OutputOf<(typeof medicalRecords)['operations']['listBiomarkers']>['items'][number]

/** One test over time. */
export interface Course {
  readonly key: string
  readonly label: string
  readonly category: Lab['category']
  readonly latest: Lab
  /** Newest first, as far as they are at hand. */
  readonly labs: readonly Lab[]
  readonly to: string
}

/** Every test with its newest result; tests the catalogue doesn't know by the name they were given. */
export function coursesOf(known: readonly Biomarker[], labs: readonly Lab[]): Course[] {
  const unknown = new Map<string, Lab[]>()
  for (const lab of labs) {
    if (lab.analyte !== null) continue
    const name = lab.test_name.toLowerCase()
    unknown.set(name, [...(unknown.get(name) ?? []), lab])
  }
  return [
    ...known.map(({ analyte, label, category, latest }) => ({
      key: analyte,
      label,
      category,
      latest,
      labs: labs.filter((lab) => lab.analyte === analyte),
      to: `/app/labs/${analyte}`,
    })),
    ...[...unknown].map(([name, some]) => {
      const [latest] = some as [Lab]
      const to = latest.document_id === null ? `/app/labs/other/${latest.id}` : `/app/records/${latest.document_id}`
      return { key: `other|${name}`, label: latest.test_name, category: latest.category, latest, labs: some, to }
    }),
  ]
}

/** A result as it was reported, with its unit. */
export function reportedText({ comparator, value, unit }: Pick<Lab, 'comparator' | 'value' | 'unit'>): string {
  const amount = typeof value === 'number' ? measured(value) : (value ?? '')
  return [`${comparator ?? ''}${amount}`, unit].filter(Boolean).join(' ')
}

type Told = Lab['other_units'][number]

/** The result in the unit that the person reads; undefined where it was reported in that. */
export function inOwnUnit({ analyte, other_units }: Pick<Lab, 'analyte' | 'other_units'>): Told | undefined {
  const test = analyte ?? ''
  const isChoice = /glucose|a1c/.test(test) || manner.get().laboratory_units !== 'as_reported'
  const system = readsMolar(test) ? 'si' : 'conventional'
  return isChoice ? other_units.find((one) => one.system === system) : undefined
}

/** A result in the unit that the person reads. */
export function labText(lab: Lab): string {
  const own = inOwnUnit(lab)
  if (own === undefined || own.value === null) return reportedText(lab)
  return `${lab.comparator ?? ''}${convertedText(own.unit)(own.value)} ${unitWord(own.unit)}`
}

/** A converted number with as many places as laboratories give: arithmetic makes up more. */
export function convertedText(unit: string): (value: number) => string {
  return (value) => number(value, unit === 'mmol/mol' || value >= 100 ? 0 : value >= 10 ? 1 : 2)
}

/** A UCUM unit of a laboratory as people write it. */
export function unitWord(unit: string): string {
  return unit.replace(/^u(?=[gm])/, 'µ')
}

/** The range it was judged by, in words; the report's own before ours. */
export function rangeOfLab(lab: Lab): string {
  const own = inOwnUnit(lab)
  if (own !== undefined) return rangeText(own.low, own.high, convertedText(own.unit))
  const { range } = lab.judged_by
  return range === null ? '' : rangeText(range.low, range.high)
}

export function lookOf({ interpretation, abnormal }: Lab): string {
  if (interpretation === 'critical_low' || interpretation === 'critical_high') return 'bad'
  if (abnormal) return 'warn'
  return interpretation === 'normal' ? 'good' : ''
}

/**
 * Where each result lies in its own range, oldest first: 0 is the lower end, 1 the upper. So results of laboratories with
 * other units and ranges stand side by side. One without two ends and a number of its own is left out.
 */
export function placesOf(labs: readonly Lab[]): number[] {
  return labs
    .flatMap(({ value, comparator, judged_by: { range } }) => {
      if (typeof value !== 'number' || comparator !== null || range === null) return []
      const low = range.low ?? (range.high !== null && range.high > 0 ? 0 : null)
      if (low === null || range.high === null || range.high <= low) return []
      return [(value - low) / (range.high - low)]
    })
    .reverse()
}
