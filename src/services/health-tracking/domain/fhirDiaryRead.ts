import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { GoalStatus } from '../contract/goals.ts'
import { SYMPTOM_CATEGORIES } from '../contract/symptoms.ts'
import { listOf, member, numberOf, type Resource, SYMPTOM_CODE, textOf } from './fhir.ts'
import { SEVERITY, SEVERITY_LEVEL } from './fhirDiary.ts'
import { SEVERITY_RANGES, type SymptomWord } from './symptoms.ts'

/** What a FHIR Goal says, as far as a goal can hold it. */
export interface ReadGoal {
  readonly title: string
  readonly description: string | null
  readonly metricType: MetricType
  readonly value: number
  readonly unit: string | undefined
  /** `YYYY-MM-DD`; undefined where it is not said. */
  readonly startDate: string | undefined
  readonly targetDate: string | null
  readonly status: GoalStatus
}

/** Ours of HL7's goal-status; the others are said of no goal of ours. */
const STATUSES: Readonly<Record<string, GoalStatus>> = {
  active: 'active',
  completed: 'completed',
  'on-hold': 'paused',
  cancelled: 'cancelled',
}
const DAY = /^\d{4}-\d\d-\d\d$/
const TITLE_LENGTH = 200
const NOTE_LENGTH = 2000

/** Reads a Goal with one target that is a number of a metric of ours; undefined for any other. */
export function readGoal(resource: Resource): ReadGoal | undefined {
  const { lifecycleStatus, description, startDate, note, target } = resource
  const status = typeof lifecycleStatus === 'string' ? STATUSES[lifecycleStatus] : undefined
  const title = textOf(description, 'text') ?? ''
  const targets = listOf(target)
  const [first] = targets
  const number = numberOf({ code: member(first, 'measure'), valueQuantity: member(first, 'detailQuantity') })
  const due = textOf(first, 'dueDate')
  const isDated = [startDate ?? '2000-01-01', due ?? '2000-01-01'].every((day) => DAY.test(String(day)))
  const isTitled = title.trim() !== '' && title.length <= TITLE_LENGTH
  if (resource.resourceType !== 'Goal' || status === undefined || targets.length !== 1) return undefined
  if (number === undefined || !isTitled || !isDated) return undefined
  const { metricType, value, unit } = number
  return {
    title,
    metricType,
    value,
    unit,
    status,
    description: noteOf(note),
    startDate: typeof startDate === 'string' ? startDate : undefined,
    targetDate: due,
  }
}

/** What an Observation of a symptom says, as far as the diary can hold it. */
export interface ReadSymptom {
  readonly name: string
  readonly category: (typeof SYMPTOM_CATEGORIES)[number]
  readonly severity: SymptomWord | null
  readonly level: number | null
  readonly start: string
  readonly end: string | null
  readonly note: string | null
  readonly site: string | null
}

/** Reads an Observation as `symptomObservation` writes them; undefined for any other. */
export function readSymptom(resource: Resource): ReadSymptom | undefined {
  const { resourceType, status, category, code, effectivePeriod, effectiveDateTime, note, bodySite, component } =
    resource
  const isSymptom = listOf(member(code, 'coding')).some((one) => textOf(one, 'code') === SYMPTOM_CODE)
  const name = textOf(resource.valueCodeableConcept, 'text') ?? ''
  const words = listOf(category).map((one) => textOf(one, 'text'))
  const known = SYMPTOM_CATEGORIES.find((one) => words.includes(one))
  const start = textOf(effectivePeriod, 'start') ?? (typeof effectiveDateTime === 'string' ? effectiveDateTime : '')
  const end = textOf(effectivePeriod, 'end')
  const isTimed = [start, end ?? start].every((time) => /T\d\d:\d\d:\d\d/.test(time))
  const isNamed = name.trim() !== '' && name.length <= TITLE_LENGTH
  if (resourceType !== 'Observation' || status !== 'final' || !isSymptom) return undefined
  if (known === undefined || !isTimed || !isNamed) return undefined
  const { severity, level } = severityOf(listOf(component))
  if (severity === null && level === null) return undefined
  const site = textOf(bodySite, 'text')
  return {
    name,
    category: known,
    severity,
    level,
    start,
    end,
    note: noteOf(note),
    site: site?.slice(0, TITLE_LENGTH) ?? null,
  }
}

function severityOf(components: readonly unknown[]): Pick<ReadSymptom, 'severity' | 'level'> {
  const named = (name: string) => components.filter((one) => textOf(member(one, 'code'), 'text') === name)
  const word = named(SEVERITY).map((one) => textOf(member(one, 'valueCodeableConcept'), 'text'))
  const number = named(SEVERITY_LEVEL).map((one) => member(member(one, 'valueQuantity'), 'value'))
  return {
    severity: SEVERITY_RANGES.find((range) => word.includes(range.word))?.word ?? null,
    level: number.find((one) => typeof one === 'number') ?? null,
  }
}

function noteOf(note: unknown): string | null {
  return textOf(listOf(note)[0], 'text')?.slice(0, NOTE_LENGTH) ?? null
}
