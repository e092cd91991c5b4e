import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Choice, Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Page } from '../../../web/parts/Page.tsx'
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
    <Page
      title={title ?? t.upload.title}
      back={['/app/records/add', t.upload.title]}
      missing={title === undefined ? params.what : undefined}
    >
      {other === 'labs' && <LabForm />}
      {other === 'imaging' && <StudyForm />}
      {other === 'reports' && <ReportForm />}
      {kind !== undefined && <EntryForm kind={kind} />}
    </Page>
  )
}

function EntryForm({ kind }: { readonly kind: EntryKind }) {
  const t = recordsTexts().entry
  const send = async (input: Read<typeof fields.createClinicalEntry>, key: string) => {
    await call(createEntry, { ...input, kind }, { key })
    refresh()
    say(t.saved)
    go('/app/records')
  }
  const statuses = STATUSES[kind]
  const hasBegun = kind !== 'family-history'
  return (
    <Form onSend={send} submit={t.save} class="form card">
      <Field of={fields.createClinicalEntry.display} label={t.what[kind]} isFirst />
      <OwnFields kind={kind} />
      {hasBegun && <Field of={fields.createClinicalEntry.started_on} label={t.began[kind]} hint={t.beganHint} />}
      {statuses.length > 0 && (
        <Choice
          of={fields.createClinicalEntry.status}
          label={t.status}
          options={statuses.map((one) => [one, statusWord(one)] as const)}
          value={statuses[0]}
        />
      )}
      <Field of={fields.createClinicalEntry.notes} label={t.notes} />
    </Form>
  )
}

function OwnFields({ kind }: { readonly kind: EntryKind }) {
  const t = recordsTexts().entry
  const performer = <Field of={fields.createClinicalEntry.performer} label={t.performer} />
  if (kind === 'allergies') {
    return (
      <>
        <Field of={fields.createClinicalEntry.reaction} label={t.reaction} />
        <Choice
          of={fields.createClinicalEntry.criticality}
          label={t.criticality}
          options={Object.entries(t.criticalities)}
          value=""
        />
      </>
    )
  }
  if (kind === 'immunizations') {
    return (
      <>
        <Field of={fields.createClinicalEntry.dose_number} label={t.dose} />
        <Field of={fields.createClinicalEntry.lot_number} label={t.lot} />
        {performer}
      </>
    )
  }
  if (kind === 'procedures') return performer
  if (kind === 'medications') return <Field of={fields.createClinicalEntry.dosage} label={t.dosage} />
  if (kind === 'family-history') {
    return (
      <>
        <Choice of={fields.createClinicalEntry.relationship} label={t.relationship} words={t.relations} />
        <Field of={fields.createClinicalEntry.onset_age_years} label={t.age} />
      </>
    )
  }
  return null
}
