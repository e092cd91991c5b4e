import type { ClinicalReport } from '../../contract/reports.ts'
import { nextStatuses } from '../../domain/reports/status.ts'
import type { ReportRow, RevisionRow, StepRow } from '../../store/reports.ts'

export function reportOf(row: ReportRow): ClinicalReport {
  const { reported_at, created_at, updated_at, template, tags, ...rest } = row
  return {
    ...rest,
    template: template as ClinicalReport['template'],
    tags: [...tags],
    allowed_next: [...nextStatuses(row.status)],
    report_date: reported_at.toISOString(),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }
}

export function revisionView(row: RevisionRow) {
  return { ...row, created_at: row.created_at.toISOString() }
}

export function stepView(row: StepRow) {
  return { ...row, created_at: row.created_at.toISOString() }
}
