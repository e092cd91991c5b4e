import { isMomentWithin, isWithin, type Span } from '../../../shared/span.ts'
import { isObject, type Json, type Resource } from './json.ts'

/** What is so for a time, from the day it says on: a treatment that was prescribed goes on. */
const LASTING: ReadonlySet<string> = new Set([
  'Condition',
  'MedicationStatement',
  'MedicationRequest',
  'DeviceUseStatement',
  'CarePlan',
])

const timeOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined)

/**
 * Whether a resource lies in a span by its clinical date: an event if it was then, what lasts (a condition, a treatment, a plan)
 * if it was so at some time of the span, and what has no clinical date always.
 */
export function liesIn(one: Resource, span: Span): boolean {
  const period = [one.effectivePeriod, one.performedPeriod, one.onsetPeriod, one.timingPeriod, one.period].find(
    isObject,
  )
  const moments = [
    one.effectiveDateTime,
    one.effectiveInstant,
    one.occurrenceDateTime,
    one.performedDateTime,
    one.onsetDateTime,
    one.timingDateTime,
    one.authoredOn,
  ]
  const moment = moments.map(timeOf).find((time) => time !== undefined)
  const isLasting = period !== undefined || LASTING.has(one.resourceType)
  if (!isLasting) return isMomentWithin(span, moment)
  const ended = timeOf(one.abatementDateTime) ?? timeOf(period?.end)
  return isWithin(span, timeOf(period?.start) ?? moment, ended)
}
