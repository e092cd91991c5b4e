import { fieldError, notFound } from '../../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import { localDay, localDayBounds } from '../../../../shared/dates.ts'
import type { medicalRecords } from '../../contract.ts'
import { ANALYTE_LIST, analyteById, plainName } from '../../domain/analytes/catalogue.ts'
import type { AnalyteDefinition } from '../../domain/analytes/definition.ts'
import { boundsIn, rangeFor } from '../../domain/analytes/ranges.ts'
import { convertLab, readLabUnit } from '../../domain/analytes/units.ts'
import { checkCode } from '../../domain/labs/codes.ts'
import { egfrCkdEpi2021 } from '../../domain/labs/egfr.ts'
import { retestSchedule } from '../../domain/labs/retest.ts'
import { deltaOf, labTrend, type MedicationPeriod, sinceMedication } from '../../domain/labs/series.ts'
import { currentFacts, medicationPeriods } from '../../store/clinical.ts'
import {
  addedResults,
  findLab,
  type LabRow,
  newestOfEach,
  pageOfLabs,
  resultsOf,
  resultsOfEach,
} from '../../store/labs.ts'
import { anyInstant, labFactsOf, numbered, pagingOf, personAt } from './common.ts'
import { computedView, deltaView, evidenceView, labOf, markersOf, pointOf, retestView, trendView } from './views.ts'

type ReadHandlers = Pick<
  Handlers<typeof medicalRecords>,
  | 'listLabResults'
  | 'getLabResult'
  | 'labContext'
  | 'validateMedicalCodes'
  | 'listBiomarkers'
  | 'biomarkerChart'
  | 'labSummary'
  | 'retestSchedule'
  | 'estimatedGfr'
  | 'listAnalytes'
>

/** Results of one analyte that a chart, change or trend looks at. */
const LONGEST_SERIES = 1000
const NOTE = 'Information, not a diagnosis: talk about results with whoever ordered them.'

export const labReadHandlers: ReadHandlers = {
  async listLabResults(context, input) {
    const paging = pagingOf(input)
    const filter = {
      userId: context.personId,
      testName: input.test_name,
      analyte: input.analyte,
      category: input.category,
      isAbnormal: input.abnormal,
      isCritical: input.critical,
      from: input.from === undefined ? undefined : anyInstant('from', input.from),
      to: input.to === undefined ? undefined : anyInstant('to', input.to, true),
    }
    const { rows, total } = await pageOfLabs(context.db, filter, paging.skip, paging.limit)
    return numbered(rows.map(labOf), total, paging)
  },

  async getLabResult(context, { id }) {
    return labOf(await existing(context, id))
  },

  async labContext(context, { id, unit }) {
    const row = await existing(context, id)
    const told = unit === undefined ? undefined : unitIn(analyteById(row.analyte ?? ''), unit)
    const series =
      row.analyte === null ? [] : await resultsOf(context.db, context.personId, row.analyte, LONGEST_SERIES)
    const points = series.map(pointOf)
    const index = points.findIndex((point) => point.id === row.id)
    const point = points[index]
    const delta = point === undefined ? undefined : deltaOf(row.analyte ?? '', point, points[index - 1])
    const medications = await medicationPeriods(context.db, context.personId)
    const retest = (await schedule(context)).find((item) => RETEST_OF[item.id]?.includes(row.analyte ?? ''))
    return {
      result: labOf(row),
      delta: delta === undefined ? null : deltaView(delta, row.analyte, told),
      trend: row.analyte === null ? null : trendView(labTrend(points)),
      medication_markers: markersOf(medications),
      since_medication: evidenceOf(points, medications),
      egfr: row.analyte === 'creatinine' ? await gfrOf(context, row) : null,
      retest: retest === undefined ? null : retestView(retest),
      note: NOTE,
    }
  },

  async validateMedicalCodes(_context, { codes }) {
    return { items: codes.map(({ code, system }) => ({ code, ...checkCode(code, system) })) }
  },

  async listBiomarkers(context) {
    const rows = await newestOfEach(context.db, context.personId)
    return {
      items: rows.map(({ results, ...row }) => ({
        analyte: row.analyte ?? '',
        label: analyteById(row.analyte ?? '')?.label ?? row.test_name,
        category: row.category,
        results,
        latest: labOf(row),
      })),
    }
  },

  biomarkerChart: (context, input) => chart(context, input),

  async labSummary(context, input) {
    const facts = await labFactsOf(context)
    const day = input.added_on ?? localDay(context.now(), facts.zone)
    const isOfOne = input.import_id !== undefined || input.document_id !== undefined
    const bounds = localDayBounds(day, facts.zone)
    const rows = await addedResults(context.db, context.personId, {
      ...(isOfOne ? {} : { from: bounds.startsAt, until: bounds.endsAt }),
      ...(input.import_id === undefined ? {} : { importId: input.import_id }),
      ...(input.document_id === undefined ? {} : { documentId: input.document_id }),
    })
    return summaryOf(context, rows)
  },

  async retestSchedule(context) {
    return {
      items: (await schedule(context)).map(retestView),
      note: 'Usual intervals, to talk over with a doctor; not an order.',
    }
  },

  async estimatedGfr(context) {
    const [row] = (await resultsOf(context.db, context.personId, 'creatinine', 1)).filter(
      (one) => one.comparator === null,
    )
    return gfrOf(context, row)
  },

  async listAnalytes(_context, { query, category }) {
    const wanted = query === undefined ? '' : plainName(query)
    const found = ANALYTE_LIST.filter(
      (one) =>
        (category === undefined || one.category === category) &&
        (wanted === '' || [one.label, ...one.names].some((name) => plainName(name).includes(wanted))),
    )
    return {
      items: found.map((one) => ({
        analyte: one.id,
        label: one.label,
        category: one.category,
        unit: one.unit,
        loinc: { ...one.loinc },
        names: [...one.names],
        ranges: one.ranges.map((rule) => ({
          low: rule.low ?? null,
          high: rule.high ?? null,
          sex: rule.sex ?? null,
          from_years: rule.fromYears,
          below_years: rule.belowYears ?? null,
          from_days: rule.fromDays ?? null,
          below_days: rule.belowDays ?? null,
          in_pregnancy: rule.isOfPregnancy === true,
          trimester: rule.trimester ?? null,
          source: { ...rule.source },
        })),
      })),
    }
  },
}

/** Which analytes each line of the retest schedule is about. */
const RETEST_OF: Readonly<Record<string, readonly string[]>> = {
  hba1c: ['hba1c'],
  lipids: ['cholesterol_total', 'cholesterol_ldl', 'triglycerides', 'cholesterol_hdl'],
  thyroid: ['tsh', 'free_t4'],
  metabolic: ['creatinine', 'potassium', 'sodium'],
  vitamin_b12: ['vitamin_b12'],
  liver: ['alt', 'ast'],
  blood_count: ['hemoglobin', 'white_cells'],
}

/** The unit of the analyte that a text means. Throws 422 for one it is not measured in. */
function unitIn(analyte: AnalyteDefinition | undefined, text: string): string {
  const unit = analyte === undefined ? undefined : readLabUnit(analyte, text)
  if (unit !== undefined) return unit
  throw fieldError('unit', `does not fit ${analyte?.label ?? 'this test'}`, Object.keys(analyte?.loinc ?? {}))
}

async function chart(context: Context, input: { analyte: string; unit?: string; limit?: number }) {
  const analyte = analyteById(input.analyte)
  if (analyte === undefined) throw notFound('Analyte')
  const unit = input.unit === undefined ? analyte.unit : unitIn(analyte, input.unit)
  const rows = await resultsOf(context.db, context.personId, analyte.id, input.limit ?? 500)
  const facts = await labFactsOf(context)
  const medications = await medicationPeriods(context.db, context.personId)
  const points = rows
    .map(pointOf)
    .map((point) => ({ ...point, value: convertLab(analyte, point.value, analyte.unit, unit) }))
  const newest = rows.at(-1)
  const choice = rangeFor(analyte, personAt(facts, newest?.tested_at ?? context.now()))
  const band = choice.status === 'found' ? boundsIn(analyte, choice.rule, unit) : undefined
  const printed = newest?.judged_by.range ?? null
  const isPrinted = printed?.source.kind === 'report' && newest?.unit === unit
  const own =
    choice.status === 'found' && band !== undefined
      ? { low: band.low ?? null, high: band.high ?? null, source: { ...choice.rule.source } }
      : null
  return {
    analyte: analyte.id,
    label: analyte.label,
    unit,
    points: points.map((point, index) => ({
      id: point.id,
      at: point.at.toISOString(),
      value: Number(point.value.toPrecision(6)),
      comparator: point.comparator ?? null,
      interpretation: rows[index]?.interpretation ?? 'unknown',
    })),
    reference_band: isPrinted ? printed : own,
    medication_markers: markersOf(medications),
    since_medication: evidenceOf(points, medications),
    trend: trendView(labTrend(points)),
  }
}

async function summaryOf(context: Context, rows: readonly LabRow[]) {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[row.interpretation] = (counts[row.interpretation] ?? 0) + 1
  const changed: { result: ReturnType<typeof labOf>; delta: ReturnType<typeof deltaView> }[] = []
  const analytes = [...new Set(rows.map((row) => row.analyte).filter((id) => id !== null))].slice(0, 60)
  const series = await resultsOfEach(context.db, context.personId, analytes, 50)
  for (const row of rows) {
    const points = (series.get(row.analyte ?? '') ?? []).map(pointOf)
    const index = points.findIndex((point) => point.id === row.id)
    const point = points[index]
    const delta = point === undefined ? undefined : deltaOf(row.analyte ?? '', point, points[index - 1])
    if (delta !== undefined) changed.push({ result: labOf(row), delta: deltaView(delta, row.analyte) })
  }
  return {
    results: rows.length,
    by_interpretation: counts,
    critical: rows.filter((row) => row.level >= 4).map(labOf),
    out_of_range: rows.filter((row) => row.level > 0).map(labOf),
    changed,
    unknown: rows.filter((row) => row.interpretation === 'unknown').map((row) => row.test_name),
    note: NOTE,
  }
}

/** What the person of the call is to have tested again, by what the record and the profile say. */
export async function schedule(context: Context) {
  const facts = await labFactsOf(context)
  const [stated, newest] = await Promise.all([
    currentFacts(context.db, context.personId),
    newestOfEach(context.db, context.personId),
  ])
  return retestSchedule({
    conditions: [...facts.conditions, ...stated.conditions],
    medications: [...facts.medications, ...stated.medications],
    lastResults: new Map(newest.map((row) => [row.analyte ?? '', localDay(row.tested_at, facts.zone)])),
    today: localDay(context.now(), facts.zone),
  })
}

async function gfrOf(context: Context, row: LabRow | undefined) {
  const analyte = analyteById('creatinine')
  const facts = await labFactsOf(context)
  const value = row?.canonical_value
  const creatinineMgDl =
    analyte === undefined || value === undefined || value === null || row?.comparator != null
      ? undefined
      : convertLab(analyte, value, analyte.unit, 'mg/dL')
  return computedView(
    egfrCkdEpi2021({ creatinineMgDl, ...personAt(facts, row?.tested_at ?? context.now()) }),
    row?.tested_at,
  )
}

function evidenceOf(points: Parameters<typeof sinceMedication>[0], medications: readonly MedicationPeriod[]) {
  return medications
    .map((medication) => sinceMedication(points, medication))
    .filter((one) => one !== undefined)
    .map(evidenceView)
    .slice(0, 100)
}

async function existing(context: Context, id: string): Promise<LabRow> {
  const row = await findLab(context.db, context.personId, id)
  if (row === undefined) throw notFound('Lab result')
  return row
}
