import { addDays, daysBetween } from '../../../../shared/dates.ts'

export type RetestStatus = 'overdue' | 'due_soon' | 'ok' | 'no_result'

export interface RetestFacts {
  /** Names or codes of conditions that hold now. */
  readonly conditions: readonly string[]
  /** Names of medicines taken now. */
  readonly medications: readonly string[]
  /** Day (`YYYY-MM-DD`) of the newest result of each analyte. */
  readonly lastResults: ReadonlyMap<string, string>
  readonly today: string
}

export interface RetestItem {
  readonly id: string
  readonly label: string
  readonly intervalDays: number
  readonly reason: string
  readonly lastOn: string | undefined
  readonly dueOn: string | undefined
  readonly status: RetestStatus
}

interface Situation {
  readonly hasDiabetes: boolean
  readonly hasHypertension: boolean
  readonly hasThyroidDisease: boolean
  readonly takesMetformin: boolean
  readonly takesStatin: boolean
  readonly takesAceInhibitor: boolean
}

interface RetestRule {
  readonly id: string
  readonly label: string
  /** A result of any of these counts. */
  readonly analytes: readonly string[]
  /** Days and why; undefined when the test is not one this person repeats. */
  interval(situation: Situation, wasTested: boolean): readonly [days: number, reason: string] | undefined
}

const DUE_SOON_DAYS = 30
const YEARLY: readonly [number, string] = [365, 'once a year']
const STATINS = /\b(atorva|rosuva|simva|prava|lova|fluva|pitava)statin\b/
const ACE_INHIBITORS = /\b(benaze|capto|enala|fosino|lisino|moexi|perindo|quina|rami|trandola)pril\b/

/** The intervals that the source system used (source-systems 4.5); reminders to ask, not medical orders. */
const RULES: readonly RetestRule[] = [
  {
    id: 'hba1c',
    label: 'HbA1c',
    analytes: ['hba1c'],
    interval: (is) => (is.hasDiabetes ? [90, 'diabetes'] : is.takesMetformin ? [90, 'metformin'] : undefined),
  },
  {
    id: 'lipids',
    label: 'Lipids',
    analytes: ['cholesterol_total', 'cholesterol_ldl', 'triglycerides', 'cholesterol_hdl'],
    interval: (is) => (is.takesStatin ? [180, 'a statin'] : YEARLY),
  },
  {
    id: 'thyroid',
    label: 'Thyroid',
    analytes: ['tsh', 'free_t4'],
    interval: (is, wasTested) =>
      is.hasThyroidDisease ? [180, 'a thyroid condition or hormone'] : wasTested ? [180, 'tested before'] : undefined,
  },
  {
    id: 'metabolic',
    label: 'Kidney and salts',
    analytes: ['creatinine', 'potassium', 'sodium'],
    interval: (is) =>
      is.hasHypertension
        ? [180, 'high blood pressure']
        : is.takesAceInhibitor
          ? [180, 'an ACE inhibitor']
          : is.takesMetformin
            ? [180, 'metformin']
            : YEARLY,
  },
  {
    id: 'vitamin_b12',
    label: 'Vitamin B12',
    analytes: ['vitamin_b12'],
    interval: (is) => (is.takesMetformin ? [365, 'metformin'] : undefined),
  },
  {
    id: 'liver',
    label: 'Liver',
    analytes: ['alt', 'ast'],
    interval: (is) => (is.takesStatin ? [365, 'a statin'] : undefined),
  },
  { id: 'blood_count', label: 'Blood count', analytes: ['hemoglobin', 'white_cells'], interval: () => YEARLY },
]

/** What is to be tested again and when; tests that this person has no reason to repeat are left out. */
export function retestSchedule(facts: RetestFacts): RetestItem[] {
  const situation = situationOf(facts)
  return RULES.flatMap((rule) => {
    const days = rule.analytes.map((id) => facts.lastResults.get(id)).filter((day) => day !== undefined)
    const lastOn = days.sort().at(-1)
    const chosen = rule.interval(situation, lastOn !== undefined)
    if (chosen === undefined) return []
    const [intervalDays, reason] = chosen
    const dueOn = lastOn === undefined ? undefined : addDays(lastOn, intervalDays)
    return [
      { id: rule.id, label: rule.label, intervalDays, reason, lastOn, dueOn, status: statusOf(dueOn, facts.today) },
    ]
  })
}

function statusOf(dueOn: string | undefined, today: string): RetestStatus {
  if (dueOn === undefined) return 'no_result'
  const left = daysBetween(today, dueOn)
  return left < 0 ? 'overdue' : left <= DUE_SOON_DAYS ? 'due_soon' : 'ok'
}

function situationOf({ conditions, medications }: RetestFacts): Situation {
  const has = (pattern: RegExp, but = /$^/) =>
    conditions.some((name) => pattern.test(name.toLowerCase()) && !but.test(name.toLowerCase()))
  const takes = (pattern: RegExp) => medications.some((name) => pattern.test(name.toLowerCase()))
  return {
    hasDiabetes: has(/diabet|^e1[0-4]/, /pre-?diabet|insipidus|family/),
    hasHypertension: has(/hypertens|high blood pressure|^i1[0-5]/, /pulmonary|ocular|portal|family/),
    hasThyroidDisease: has(/thyroid|hashimoto|graves|^e0[0-7]/, /parathyroid|family/) || takes(/thyroxine|carbimazole/),
    takesMetformin: takes(/\bmetformin\b/),
    takesStatin: takes(STATINS),
    takesAceInhibitor: takes(ACE_INHIBITORS),
  }
}
