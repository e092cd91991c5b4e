import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError, validationError } from '../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { AlertRule } from '../contract/alerts.ts'
import type { healthTracking } from '../contract.ts'
import { defaultClear, problemOf, type Rule, titleOf } from '../domain/alertRules.ts'
import { readNumber } from '../domain/reading.ts'
import {
  deleteRule,
  insertRule,
  MAXIMUM_OWN_RULES,
  type RuleRow,
  rulesStatements,
  type SwitchRow,
  switchRule,
  updateRule,
} from '../store/rules.ts'
import { changedMeanwhile, checkVersion, versionOf } from './inputs.ts'
import { effectiveRules, ownRule } from './ruleViews.ts'
import { alertSeverity, ruleOf } from './views.ts'

type RuleHandlers = Pick<
  Handlers<typeof healthTracking>,
  'createAlertRule' | 'listAlertRules' | 'getAlertRule' | 'updateAlertRule' | 'deleteAlertRule'
>

export const ruleHandlers: RuleHandlers = {
  async createAlertRule(context, input) {
    const { metric_type, comparison, threshold, unit } = input
    const terms = termsOf({
      metric_type,
      comparison,
      threshold,
      clear_threshold: input.clear_threshold ?? defaultClear(comparison, threshold, metric_type),
      unit: unit ?? undefined,
      is_inclusive: input.is_inclusive ?? false,
      consecutive: input.consecutive ?? 1,
    })
    const named = { metricType: metric_type, comparison, threshold, unit: terms.unit, isInclusive: terms.is_inclusive }
    const rule = {
      ...terms,
      id: context.newId(),
      name: input.name ?? titleOf(named),
      severity: alertSeverity(input.severity),
      is_active: input.is_active ?? true,
    }
    const row = await insertRule(context.db, context.personId, rule, context.now())
    if (row === undefined) {
      throw new PlatformError('conflict', `A person has at most ${MAXIMUM_OWN_RULES} rules; delete one first`)
    }
    return ruleOf(ownRule(row))
  },

  async listAlertRules(context, { metric_type }) {
    const rules = await rulesFor(context, metric_type === undefined ? undefined : [metric_type])
    return { items: rules.map(ruleOf), next_cursor: null }
  },

  async getAlertRule(context, { id }) {
    return ruleOf(await existing(context, id))
  },

  async updateAlertRule(context, input) {
    const rule = await existing(context, input.id)
    checkVersion(input, rule.version)
    return rule.kind === 'default' ? setDefault(context, rule, input) : change(context, rule, input)
  },

  async deleteAlertRule(context, { id, ...input }) {
    const version = versionOf(input)
    const rule = await existing(context, id)
    if (rule.kind === 'default') {
      throw new PlatformError('conflict', 'A default rule cannot be deleted; switch it off with is_active')
    }
    if (await deleteRule(context.db, context.personId, id, version, context.now())) return null
    throw changedMeanwhile()
  },
}

type Changes = InputOf<typeof healthTracking.operations.updateAlertRule>

async function setDefault(context: Context, rule: Rule, input: Changes): Promise<AlertRule> {
  const { id: _id, version: _version, if_match: _tag, is_active, ...others } = input
  if (Object.values(others).some((value) => value !== undefined && value !== null)) {
    throw new PlatformError(
      'conflict',
      'Of a default rule only is_active can be set; make an own rule for other thresholds',
    )
  }
  const isActive = is_active ?? rule.isActive
  const set = await switchRule(
    context.db,
    context.personId,
    { ruleId: rule.id, isActive, version: rule.version },
    context.now(),
  )
  if (set === undefined) throw changedMeanwhile()
  return ruleOf({ ...rule, isActive: set.is_active, version: set.version, updatedAt: set.updated_at })
}

async function change(context: Context, rule: Rule, input: Changes): Promise<AlertRule> {
  const threshold = input.threshold ?? rule.threshold
  const isMoved = input.threshold !== undefined || (input.unit !== undefined && input.unit !== null)
  const clear =
    input.clear_threshold ?? (isMoved ? defaultClear(rule.comparison, threshold, rule.metricType) : rule.clearThreshold)
  const terms = termsOf({
    metric_type: rule.metricType,
    comparison: rule.comparison,
    threshold,
    clear_threshold: clear,
    unit: input.unit ?? rule.unit,
    is_inclusive: input.is_inclusive ?? rule.isInclusive,
    consecutive: input.consecutive ?? rule.consecutive,
  })
  const row = {
    ...terms,
    id: rule.id,
    name: input.name ?? rule.name,
    severity: input.severity ? alertSeverity(input.severity) : rule.severity,
    is_active: input.is_active ?? rule.isActive,
    updated_at: context.now(),
    version: rule.version,
  }
  const after = await updateRule(context.db, context.personId, row, context.now())
  if (after === undefined) throw changedMeanwhile()
  return ruleOf(ownRule(after))
}

interface Terms {
  readonly metric_type: MetricType
  readonly comparison: 'above' | 'below'
  readonly threshold: number
  readonly clear_threshold: number
  readonly unit: string | undefined
  readonly is_inclusive: boolean
  readonly consecutive: number
}

/** A rule's thresholds in the metric's unit, or 422. */
function termsOf(terms: Terms): Omit<RuleRow, 'id' | 'name' | 'severity' | 'is_active' | 'updated_at' | 'version'> {
  if (terms.metric_type === 'custom') throw fieldError('metric_type', 'custom metrics share no unit to watch')
  const read = readNumber(terms.metric_type, terms.threshold, terms.unit, { value: 'threshold', unit: 'unit' })
  if ('faults' in read) throw validationError(read.faults)
  const clear = readNumber(terms.metric_type, terms.clear_threshold, terms.unit, {
    value: 'clear_threshold',
    unit: 'unit',
  })
  if ('faults' in clear) throw validationError(clear.faults)
  const canonical = {
    canonicalThreshold: read.reading.canonicalValue,
    canonicalClearThreshold: clear.reading.canonicalValue,
  }
  const { comparison, is_inclusive: isInclusive, consecutive } = terms
  const problem = problemOf({ ...canonical, comparison, isInclusive, consecutive })
  if (problem !== undefined) throw fieldError('clear_threshold', problem)
  return {
    ...terms,
    unit: read.reading.unit,
    canonical_threshold: canonical.canonicalThreshold,
    canonical_clear_threshold: canonical.canonicalClearThreshold,
  }
}

async function rulesFor(context: Context, metricTypes?: readonly MetricType[]): Promise<Rule[]> {
  const [own = [], switches = []] = await context.db.batch(rulesStatements(context.personId, metricTypes))
  return effectiveRules(own as RuleRow[], switches as SwitchRow[], metricTypes)
}

async function existing(context: Context, id: string): Promise<Rule> {
  const rule = (await rulesFor(context)).find((one) => one.id === id)
  if (rule === undefined) throw notFound('Alert rule')
  return rule
}
