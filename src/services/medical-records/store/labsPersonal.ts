import type { Database, Transaction } from '../../../kernel/database.ts'
import type { SummaryPart } from '../../../kernel/service.ts'
import { raw, sql } from '../../../kernel/sql.ts'
import type { SaidPart } from '../../../shared/recordWords.ts'
import type { Span } from '../../../shared/span.ts'

/** Every table of laboratory, clinical and exchanged data; those that others name come last. */
const TABLES = [
  'lab_result',
  'clinical_entry',
  'carried_resource',
  'import_item',
  'import',
  'imaging_file',
  'imaging_study',
  'clinical_report_step',
  'clinical_report_revision',
  'clinical_report',
] as const

/** Everything of it about a person, oldest first. */
export async function exportLabs(db: Database, userId: string): Promise<Record<string, readonly object[]>> {
  const all = await db.batch(
    TABLES.map((table) => sql`select * from medical_records.${raw(table)} where user_id = ${userId} order by id`),
  )
  return Object.fromEntries(TABLES.map((table, index) => [plural(table), all[index] ?? []]))
}

function plural(table: string): string {
  return table.endsWith('y') ? `${table.slice(0, -1)}ies` : `${table}s`
}

/** Removes all of it; how many rows of each table. */
export async function eraseLabs(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    counts[table] = await transaction.run(sql`delete from medical_records.${raw(table)} where user_id = ${userId}`)
  }
  return counts
}

/** The newest results, and what holds now, for whoever the person shares them with. */
export async function summariseLabs(
  db: Database,
  userId: string,
  categories: readonly string[],
  { startsAt, endsAt, fromDay, untilDay }: Span,
): Promise<SummaryPart[]> {
  const hasAll = categories.includes('health_records')
  const labCategory = categories.includes('diagnostics') ? 'diagnostics' : 'health_records'
  if (!hasAll && labCategory !== 'diagnostics') return []
  const [labs = [], entries = []] = await db.batch([
    sql`select test_name, analyte, value, comparator, value_text, unit_text, interpretation, tested_at from medical_records.lab_result
      where user_id = ${userId} and tested_at >= ${startsAt} and tested_at < ${endsAt}
        and status not in ('cancelled', 'entered_in_error')
      order by tested_at desc, id desc limit 60`,
    sql`select kind, display, status, started_on from medical_records.clinical_entry
      where user_id = ${userId} and status in ('active', 'completed', 'recurrence', 'relapse')
        and (started_on is null or started_on <= left(${untilDay}, length(started_on)))
        and (ended_on is null or ended_on >= left(${fromDay}, length(ended_on)))
      order by created_at desc, id desc limit 100`,
  ])
  return [
    {
      category: labCategory,
      label: 'Laboratory results',
      code: 'laboratory',
      rows: (labs as LabLine[]).map((row) => ({
        label: row.test_name,
        value:
          `${row.comparator ?? ''}${row.value ?? row.value_text ?? ''} ${row.unit_text ?? ''}`.trim() +
          said(row.interpretation),
        at: row.tested_at.toISOString(),
        said: saidOf(row),
      })),
    },
    ...(hasAll ? [entriesPart(entries as EntryLine[])] : []),
  ]
}

function entriesPart(entries: readonly EntryLine[]): SummaryPart {
  return {
    category: 'health_records',
    label: 'Conditions, allergies, vaccinations, procedures, medicines',
    code: 'entries',
    rows: entries.map((row) => ({
      label: row.kind.replaceAll('_', ' '),
      value: `${row.display} (${row.status}${row.started_on === null ? '' : `, ${row.started_on}`})`,
      at: null,
      code: row.kind,
      said: [
        { text: row.display },
        { code: row.status },
        ...(row.started_on === null ? [] : [{ text: row.started_on }]),
      ],
    })),
  }
}

/** A bare bound (`<5`) is told as it was reported, in its own unit. */
function saidOf({ analyte, value, comparator, value_text, unit_text, interpretation }: LabLine): SaidPart[] {
  const isPlain = value !== null && comparator === null
  const text = `${comparator ?? ''}${value ?? value_text ?? ''} ${unit_text ?? ''}`.trim()
  const amount = { number: value ?? 0, unit: unit_text ?? '', metric_type: analyte ?? '' }
  const isSaid = interpretation !== 'unknown' && interpretation !== 'normal'
  return [isPlain ? amount : { text }, ...(isSaid ? [{ code: interpretation }] : [])]
}

interface LabLine {
  readonly test_name: string
  readonly analyte: string | null
  readonly value: number | null
  readonly comparator: string | null
  readonly value_text: string | null
  readonly unit_text: string | null
  readonly interpretation: string
  readonly tested_at: Date
}

interface EntryLine {
  readonly kind: string
  readonly display: string
  readonly status: string
  readonly started_on: string | null
}

function said(interpretation: string): string {
  return interpretation === 'unknown' || interpretation === 'normal' ? '' : ` (${interpretation.replaceAll('_', ' ')})`
}
