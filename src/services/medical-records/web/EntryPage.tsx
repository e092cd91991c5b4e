import { useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { dayAndClock, listed } from '../../../web/format.ts'
import { missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { Delete } from './Delete.tsx'
import { deleteEntry, getEntry } from './endpoints.ts'
import { Facts } from './Facts.tsx'
import { recordsTexts } from './texts.ts'
import { ENTRY_KINDS, type Entry, partOfDay, sourceWord, statusWord } from './timeline.ts'

/** A condition, allergy or another entry, with all that is known of it. */
export function EntryPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordsTexts()
  const kind = ENTRY_KINDS.find((one) => one === params.kind)
  const answer = useQuery(getEntry, kind === undefined ? undefined : { kind, id: params.id ?? '' })
  const title = answer.value?.display ?? (kind === undefined ? t.title : t.one[kind])
  return (
    <Page
      title={title}
      back={['/app/records', t.title]}
      missing={kind === undefined ? params.kind : missingOf(answer, t.one[kind])}
    >
      <Shown answer={answer}>{(entry) => <One entry={entry} />}</Shown>
    </Page>
  )
}

function One({ entry }: { readonly entry: Entry }) {
  const t = recordsTexts()
  const e = t.entry
  const { kind, detail } = entry
  const relations: Readonly<Record<string, string>> = e.relations
  const text = (name: string) => (detail[name] === undefined ? null : String(detail[name]))
  const began = kind === 'family-history' ? e.began.conditions : e.began[kind]
  const risks: Readonly<Record<string, string>> = e.criticalities
  const facts: (readonly [string, string | null])[] = [
    [e.relationship, relations[text('relationship') ?? ''] ?? null],
    [e.age, text('onset_age_years')],
    [e.status, kind === 'family-history' ? null : statusWord(entry.status)],
    [began, entry.started_on === null ? null : partOfDay(entry.started_on)],
    [e.ended, entry.ended_on === null ? null : partOfDay(entry.ended_on)],
    [e.reaction, text('reaction')],
    [e.criticality, risks[text('criticality') ?? '?'] ?? null],
    [e.dosage, text('dosage')],
    [e.dose, text('dose_number')],
    [e.lot, text('lot_number')],
    [e.performer, text('performer')],
    [e.code, entry.code === null ? null : [entry.code, entry.code_system].filter(Boolean).join(' · ')],
    [e.notes, entry.notes],
    [t.document.added, listed([dayAndClock(entry.created_at), sourceWord(entry.source)])],
  ]
  return (
    <>
      <section class="card">
        <h2>{t.one[kind]}</h2>
        <Facts facts={facts} />
      </section>
      <p class="footer">
        <Link to="/app/who-saw">{t.document.seen}</Link>
        <Delete
          title={entry.display}
          text={t.document.removeEntry}
          work={() => call(deleteEntry, { kind, id: entry.id })}
        />
      </p>
    </>
  )
}
