/** When an alert is raised and when it goes away: two thresholds apart, so that a value at the edge does not flap. */
export interface HysteresisRule {
  /** `above`: large values are the danger; `below`: small ones. */
  readonly danger: 'above' | 'below'
  /** A reading at this value or beyond counts towards raising. */
  readonly raiseAt: number
  /** A raised alert goes away at this value or on its safe side; strictly safer than `raiseAt`. */
  readonly clearAt: number
  /** Readings in a row it takes to raise; 1 by default. */
  readonly readingsToRaise?: number
  /** Readings in a row it takes to clear; 1 by default. */
  readonly readingsToClear?: number
}

export interface HysteresisState {
  readonly status: 'clear' | 'raised'
  /** Readings in a row that speak for changing the status. */
  readonly streak: number
}

export interface HysteresisStep {
  readonly state: HysteresisState
  /** What this reading changed, if anything. */
  readonly change?: 'raised' | 'cleared'
}

/** The state before the first reading. */
export const CLEAR_STATE: HysteresisState = { status: 'clear', streak: 0 }

/**
 * Whether a rule can be used.
 * @returns what is wrong with it in words, or undefined
 */
export function ruleProblem(rule: HysteresisRule): string | undefined {
  if (!Number.isFinite(rule.raiseAt) || !Number.isFinite(rule.clearAt)) return 'Both thresholds must be finite numbers'
  if (rule.danger === 'above' ? rule.clearAt >= rule.raiseAt : rule.clearAt <= rule.raiseAt)
    return 'The clear threshold must lie on the safe side of the raise threshold'
  const counts = [rule.readingsToRaise ?? 1, rule.readingsToClear ?? 1]
  return counts.every((count) => Number.isInteger(count) && count >= 1) ? undefined : 'Readings are counted from 1'
}

/**
 * One reading further. Readings must come in order of time, in the unit of the rule; one that is no finite number
 * changes nothing, and neither does one between the two thresholds beyond ending a streak.
 * @throws RangeError for a rule with a problem
 */
export function step(state: HysteresisState, rule: HysteresisRule, reading: number): HysteresisStep {
  const problem = ruleProblem(rule)
  if (problem) throw new RangeError(problem)
  if (!Number.isFinite(reading)) return { state }
  const raised = state.status === 'raised'
  const speaksForChange = raised ? isBack(rule, reading) : isBeyond(rule, reading)
  if (!speaksForChange) return { state: { status: state.status, streak: 0 } }
  const streak = state.streak + 1
  if (streak < ((raised ? rule.readingsToClear : rule.readingsToRaise) ?? 1)) return { state: { ...state, streak } }
  return raised
    ? { state: { status: 'clear', streak: 0 }, change: 'cleared' }
    : { state: { status: 'raised', streak: 0 }, change: 'raised' }
}

function isBeyond({ danger, raiseAt }: HysteresisRule, reading: number): boolean {
  return danger === 'above' ? reading >= raiseAt : reading <= raiseAt
}

function isBack({ danger, clearAt }: HysteresisRule, reading: number): boolean {
  return danger === 'above' ? reading <= clearAt : reading >= clearAt
}
