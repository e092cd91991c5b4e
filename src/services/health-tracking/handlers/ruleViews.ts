import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { Severity } from '../../../shared/severity.ts'
import type { Rule } from '../domain/alertRules.ts'
import { DEFAULT_RULES } from '../domain/defaultRules.ts'
import type { RuleRow, SwitchRow } from '../store/rules.ts'

/** The rules that hold for a person: the default ones as they are switched, and the own ones. */
export function effectiveRules(
  own: readonly RuleRow[],
  switches: readonly SwitchRow[],
  metricTypes?: readonly MetricType[],
): Rule[] {
  const isMeant = (rule: Rule) => metricTypes === undefined || metricTypes.includes(rule.metricType)
  return [...DEFAULT_RULES.filter(isMeant).map((rule) => switched(rule, switches)), ...own.map(ownRule)]
}

function switched(rule: Rule, switches: readonly SwitchRow[]): Rule {
  const set = switches.find((one) => one.rule_id === rule.id)
  return set === undefined
    ? rule
    : { ...rule, isActive: set.is_active, version: set.version, updatedAt: set.updated_at }
}

export function ownRule(row: RuleRow): Rule {
  return {
    id: row.id,
    name: row.name,
    kind: 'own',
    isActive: row.is_active,
    metricType: row.metric_type,
    comparison: row.comparison,
    threshold: row.threshold,
    clearThreshold: row.clear_threshold,
    unit: row.unit,
    canonicalThreshold: row.canonical_threshold,
    canonicalClearThreshold: row.canonical_clear_threshold,
    isInclusive: row.is_inclusive,
    consecutive: row.consecutive,
    severity: row.severity as Severity,
    minimumAgeYears: null,
    source: 'Set by the person',
    version: row.version,
    updatedAt: row.updated_at,
  }
}
