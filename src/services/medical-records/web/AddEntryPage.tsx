import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
import { Empty, Page } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { ReportForm, StudyForm } from './ClinicForms.tsx'
import { createEntry } from './endpoints.ts'
import { LabForm } from './LabForm.tsx'
import { recordsTexts } from './texts.ts'
import { ENTRY_KINDS, type EntryKind, statusWord } from './timeline.ts'

/** The states a person would say themselves; the others come with files. */
const STATUSES: Readonly<Record<EntryKind, readonly string[]>> = {
  conditions: ['active', 'remission', 'resolved'],
  allergies: ['active', 'resolved'],
  immunizations: [],
  procedures: [],
  medications: ['active', 'on-hold', 'stopped', 'completed'],
  'family-history': [],
}

/** Something of the record that is written by hand; the form asks what matters and no more. */
export function AddEntryPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordsTexts()
  const kind = ENTRY_KINDS.find((one) => one === params.what)
  const others = { labs: t.entry.titles.labs, imaging: t.one.imaging, reports: t.one.reports }
  const other = params.what as keyof typeof others
  const title = kind === undefined ? others[other] : t.entry.titles[kind]
  return (
    <Page title={title ?? t.upload.title} back={['/app/records/add', t.upload.title]}>
      {title === undefined && <Empty text={t.emptyKind} />}
      {other === 'labs' && <LabForm />}
      {other === 'imaging' && <StudyForm />}
      {other === 'reports' && <ReportForm />}
      {kind !== undefined && <EntryForm kind={kind} />}
    </Page>
  )
}

function EntryForm({ kind }: { readonly kind: EntryKind }) {
  const t = recordsTexts().entry
  const send = async (values: Values, key: string) => {
    const text = Object.fromEntries(
      Object.keys(values).flatMap((name) => {
        const value = given(values, name)
        return value === undefined ? [] : [[name, NUMBERS.has(name) && /^\d+$/.test(value) ? Number(value) : value]]
      }),
    )
    // The server says at each field what is wrong with it.
    await call(createEntry, { display: '', ...text, kind } as Parameters<typeof call<CreateEntry>>[1], { key })
    refresh()
    say(t.saved)
    go('/app/records')
  }
  const statuses = STATUSES[kind]
  const hasBegun = kind !== 'family-history'
  return (
    <Form onSend={send} submit={t.save} class="form card">
      <Field name="display" label={t.what[kind]} maxLength={300} isFirst />
      <OwnFields kind={kind} />
      {hasBegun && <Field name="started_on" label={t.began[kind]} hint={t.beganHint} maxLength={10} />}
      {statuses.length > 0 && (
        <Choice
          name="status"
          label={t.status}
          options={statuses.map((one) => [one, statusWord(one)] as const)}
          value={statuses[0]}
        />
      )}
      <Field name="notes" label={t.notes} rows={2} maxLength={2000} />
    </Form>
  )
}

type CreateEntry = NonNullable<(typeof createEntry)['operation']>
const NUMBERS: ReadonlySet<string> = new Set(['dose_number', 'onset_age_years'])

function OwnFields({ kind }: { readonly kind: EntryKind }) {
  const t = recordsTexts().entry
  if (kind === 'allergies') {
    return (
      <>
        <Field name="reaction" label={t.reaction} maxLength={500} />
        <Choice name="criticality" label={t.criticality} options={Object.entries(t.criticalities)} value="" />
      </>
    )
  }
  if (kind === 'immunizations') {
    return (
      <>
        <Field name="dose_number" label={t.dose} inputMode="numeric" maxLength={3} />
        <Field name="lot_number" label={t.lot} maxLength={60} />
        <Field name="performer" label={t.performer} maxLength={200} />
      </>
    )
  }
  if (kind === 'procedures') return <Field name="performer" label={t.performer} maxLength={200} />
  if (kind === 'medications') return <Field name="dosage" label={t.dosage} maxLength={500} />
  if (kind === 'family-history') {
    return (
      <>
        <Choice name="relationship" label={t.relationship} options={Object.entries(t.relations)} />
        <Field name="onset_age_years" label={t.age} inputMode="numeric" maxLength={3} />
      </>
    )
  }
  return null
}
