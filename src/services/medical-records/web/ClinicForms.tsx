import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Choice, Field, Form, type Values } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { clinicWord, type Report, reportWord, type Study } from './clinic.ts'
import { clinicTexts } from './clinicTexts.ts'
import { dayOf, today } from './days.ts'
import { changeReportStatus, createReport, createStudy, listReports, updateReport, updateStudy } from './endpoints.ts'
import { recordsTexts } from './texts.ts'

/** What a person would write down themselves; the others come with files. */
const MODALITIES = [
  'XRAY',
  'US',
  'CT',
  'MRI',
  'MG',
  'PET',
  'ECG',
  'ES',
  'OT',
] as const satisfies readonly Study['modality'][]
const STATUSES = ['COMPLETED', 'SCHEDULED', 'IN_PROGRESS', 'CANCELLED', 'FAILED'] as const
const TYPES = [
  'CLINICAL_NOTE',
  'DISCHARGE_SUMMARY',
  'CONSULTATION_NOTE',
  'OPERATION_REPORT',
  'PATHOLOGY_REPORT',
  'RADIOLOGY_REPORT',
  'LABORATORY_REPORT',
  'REFERRAL_LETTER',
  'TREATMENT_PLAN',
  'ADVANCE_DIRECTIVE',
  'OTHER',
] as const satisfies readonly Report['report_type'][]

interface FormProps<Row> {
  /** What is changed; absent for something new. */
  readonly row?: Row | undefined
  readonly onDone?: () => void
}

/** An imaging study, written or changed by hand. */
export function StudyForm({ row, onDone }: FormProps<Study>) {
  const t = clinicTexts()
  const all = recordsTexts()
  const send = async (input: Read<typeof fields.createStudy>, key: string, values: Values) => {
    const said = { ...input, study_date: dayAgain(values.study_date, row?.study_date) }
    const kept =
      row === undefined
        ? await call(createStudy, said as Parameters<typeof call<CreateStudy>>[1], { key })
        : await call(updateStudy, { ...said, id: row.id, version: row.version }, { key })
    done(`/app/records/imaging/${kept.id}`, onDone)
  }
  return (
    <Form
      onSend={send}
      submit={all.entry.save}
      class="form card"
      isChange={row !== undefined}
      aside={onDone && <Back onPick={onDone} />}
    >
      <Field of={fields.createStudy.description} label={t.title} value={row?.description} isFirst />
      <Choice
        of={fields.createStudy.modality}
        label={all.document.kind}
        options={withOwn(MODALITIES, row?.modality).map((one) => [one, modalityWord(one)] as const)}
        value={row?.modality}
      />
      <Field of={fields.createStudy.body_part} label={t.bodyPart} value={row?.body_part} />
      <Field name="study_date" label={t.date} type="date" value={localDay(row?.study_date)} />
      <Choice
        of={fields.createStudy.status}
        label={t.status}
        options={STATUSES.map((one) => [one, clinicWord(one)] as const)}
        value={row?.status}
      />
      <Field of={fields.createStudy.impression} label={t.impression} value={row?.impression} rows={2} />
      <Field of={fields.createStudy.findings} label={t.findings} value={row?.findings} rows={4} />
      <Field of={fields.createStudy.facility} label={t.facility} value={row?.facility} />
      <Field of={fields.createStudy.performed_by} label={t.by} value={row?.performed_by} />
      <Field of={fields.createStudy.notes} label={all.entry.notes} value={row?.notes} rows={2} />
    </Form>
  )
}

type CreateStudy = NonNullable<(typeof createStudy)['operation']>
type CreateReport = NonNullable<(typeof createReport)['operation']>

/** A clinical report, written as a draft or changed; what it said before stays as a version. */
export function ReportForm({ row, onDone }: FormProps<Report>) {
  const t = clinicTexts()
  const all = recordsTexts()
  const send = async (input: Read<typeof fields.createReport>, key: string, values: Values) => {
    const said = { ...input, report_date: dayAgain(values.report_date, row?.report_date) }
    const reason = values.change_reason?.trim() || undefined
    const kept =
      row === undefined
        ? await call(createReport, said as Parameters<typeof call<CreateReport>>[1], { key })
        : await call(updateReport, { ...said, change_reason: reason, id: row.id, version: row.version }, { key })
    done(`/app/records/report/${kept.id}`, onDone)
  }
  return (
    <Form
      onSend={send}
      submit={all.entry.save}
      class="form card"
      isChange={row !== undefined}
      aside={onDone && <Back onPick={onDone} />}
    >
      <Field of={fields.createReport.title} label={t.title} value={row?.title} isFirst />
      <Choice
        of={fields.createReport.report_type}
        label={all.document.kind}
        options={withOwn(TYPES, row?.report_type).map((one) => [one, reportWord({ report_type: one })] as const)}
        value={row?.report_type}
      />
      <Field name="report_date" label={t.date} type="date" value={localDay(row?.report_date)} />
      <Field of={fields.createReport.author} label={t.by} value={row?.author} />
      <Field of={fields.createReport.facility} label={t.facility} value={row?.facility} />
      <Field of={fields.createReport.summary} label={t.summary} value={row?.summary} rows={2} />
      <Field of={fields.createReport.content} label={t.content} value={row?.content} rows={8} />
      {row !== undefined && <Field of={fields.updateReport.change_reason} label={t.why} />}
    </Form>
  )
}

/** Which other report takes its place. */
export function ReplaceForm({ row, onDone }: { readonly row: Report; readonly onDone: () => void }) {
  const t = clinicTexts()
  const { value } = useQuery(listReports, { size: 100 })
  const others = (value?.items ?? []).filter(({ id }) => id !== row.id)
  const { id, version } = row
  const send = async (input: Read<typeof fields.changeReportStatus>, key: string) => {
    await call(changeReportStatus, { ...input, id, version, status: 'SUPERSEDED' }, { key })
    done('', onDone)
  }
  if (others.length === 0) return <p>{recordsTexts().emptyKind}</p>
  return (
    <Form onSend={send} submit={recordsTexts().entry.save}>
      <Choice
        of={fields.changeReportStatus.superseded_by}
        label={t.replacedBy}
        options={others.map((one) => [one.id, one.title] as const)}
        isRequired
      />
      <Field of={fields.changeReportStatus.reason} label={t.why} />
    </Form>
  )
}

function Back({ onPick }: { readonly onPick: () => void }) {
  return (
    <button type="button" class="button quiet" onClick={onPick}>
      {texts().form.close}
    </button>
  )
}

function done(page: string, onDone = () => go(page)) {
  refresh()
  say(recordsTexts().entry.saved)
  onDone()
}

/** How the pictures were made: words for what has none as a code. */
export function modalityWord(modality: Study['modality']): string {
  const words: Readonly<Record<string, string>> = clinicTexts().modalities
  return words[modality] ?? modality
}

function withOwn<One extends string>(list: readonly One[], own: One | undefined): readonly One[] {
  return own === undefined || list.includes(own) ? list : [own, ...list]
}

const localDay = (at: string | undefined) => today(at === undefined ? undefined : new Date(at))

/** The instant of a day; the one before where the day was not changed. */
function dayAgain(day: string | undefined, before: string | undefined): string {
  return before !== undefined && day === localDay(before) ? before : dayOf(day)
}
