import { daysBetween } from '../../../../shared/dates.ts'
import type { Trimester } from '../analytes/definition.ts'
import type { RangePerson } from '../analytes/ranges.ts'

/** What a profile tells of a pregnancy; days as `YYYY-MM-DD`. */
export interface StatedPregnancy {
  readonly isPregnant: boolean | undefined
  /** The day that was said. */
  readonly pregnancyStatedOn: string | undefined
  readonly dueDate: string | undefined
}

/** A due date is 40 weeks after the first day of the last period (the convention of obstetrics). */
const TERM_DAYS = 280
const CONCEPTION_DAYS = 14
/** No pregnancy lasts longer than 42 weeks. */
const LONGEST_PREGNANCY_DAYS = 294
/** 14 and 28 completed weeks begin the second and the third trimester (ACOG). */
const SECOND_TRIMESTER_DAYS = 98
const THIRD_TRIMESTER_DAYS = 196

/**
 * Whether the person was pregnant on a day, and in which trimester, as far as what holds now tells. A due date tells both for
 * every day; without one, the months before it was said are `maybe`, and no trimester is known.
 */
export function pregnancyAt(stated: StatedPregnancy, day: string): Pick<RangePerson, 'isPregnant' | 'trimester'> {
  const { isPregnant, pregnancyStatedOn, dueDate } = stated
  if (dueDate !== undefined) {
    const gestationDays = TERM_DAYS - daysBetween(day, dueDate)
    if (gestationDays < CONCEPTION_DAYS || gestationDays > LONGEST_PREGNANCY_DAYS) return {}
    return { isPregnant: true, trimester: trimesterOf(gestationDays) }
  }
  if (isPregnant !== true || pregnancyStatedOn === undefined || day >= pregnancyStatedOn) return { isPregnant }
  return daysBetween(day, pregnancyStatedOn) <= LONGEST_PREGNANCY_DAYS ? { isPregnant: 'maybe' } : {}
}

function trimesterOf(gestationDays: number): Trimester {
  if (gestationDays < SECOND_TRIMESTER_DAYS) return 1
  return gestationDays < THIRD_TRIMESTER_DAYS ? 2 : 3
}
