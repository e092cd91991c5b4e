import { Fragment } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { apart, day, dayAndClock, listed } from '../../../web/format.ts'
import { missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { clinicTexts } from './clinicTexts.ts'
import { Delete } from './Delete.tsx'
import { DrawnPicture } from './DrawnPicture.tsx'
import { deleteDocument, documentText, reviewDocument } from './endpoints.ts'
import { Facts } from './Facts.tsx'
import { fileOf } from './sendFile.ts'
import { recordsTexts } from './texts.ts'
import { isBeingRead, type Paper, paperTag, partOfDay, sourceWord } from './timeline.ts'
import { type Value, valueWords } from './values.ts'

const LOOK_AGAIN_MS = 1500

/** One paper: what it is, what was read in it, and the file. */
export function DocumentPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordsTexts()
  const id = params.id ?? ''
  const answer = useQuery(reviewDocument, { id })
  const paper = answer.value?.document
  const isReading = paper !== undefined && isBeingRead(paper)
  useEffect(() => {
    if (!isReading) return
    const timer = setInterval(refresh, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [isReading])
  return (
    <Page
      title={paper?.title ?? t.one.documents}
      back={['/app/records', t.title]}
      missing={missingOf(answer, t.one.documents)}
    >
      <Shown answer={answer}>
        {({ document, values }) => (
          <>
            <Standing paper={document} />
            <Values paper={document} values={values} />
            <About paper={document} />
            {document.reading_method !== null && document.reading_method !== 'none' && <Text id={document.id} />}
            <p class="footer">
              <Link to="/app/who-saw">{t.document.seen}</Link>
              <Delete
                title={document.title}
                text={t.document.removePaper}
                work={() => call(deleteDocument, { id: document.id })}
              />
            </p>
          </>
        )}
      </Shown>
    </Page>
  )
}

/** How far the reading is, what went wrong, and what wants a look. */
function Standing({ paper }: { readonly paper: Paper }) {
  const t = recordsTexts()
  const known: Readonly<Record<string, string>> = t.document.warnings
  const tag = paperTag(paper)
  return (
    <>
      {isBeingRead(paper) && (
        <div class="notice" role="status">
          <p>
            <strong>{t.reading}</strong> · {t.upload.canLeave}
          </p>
          <progress aria-label={t.reading} />
        </div>
      )}
      {paper.fault !== null && (
        <p class="notice warn" role="status">
          <strong>{t.notRead}</strong> · {t.faults[paper.fault]}
        </p>
      )}
      {paper.warnings.map((one) => (
        <p key={one} class="notice warn">
          {known[one] ?? one}
        </p>
      ))}
      {paper.import_id !== null && (
        <div class="card row">
          <strong>{t.one.imports}</strong>
          <Link to={`/app/records/imports/${paper.import_id}`} class="button">
            {t.check}
          </Link>
        </div>
      )}
      {paper.values_to_review > 0 && (
        <div class="card row">
          <strong>{tag?.word}</strong>
          <Link to={`/app/records/${paper.id}/review`} class="button">
            {t.check}
          </Link>
        </div>
      )}
    </>
  )
}

function Values({ paper, values }: { readonly paper: Paper; readonly values: readonly Value[] }) {
  const t = recordsTexts()
  if (values.length === 0) {
    const isRead = paper.status === 'validated' || paper.status === 'metadata_extracted'
    return isRead && paper.has_file && paper.import_id === null ? <p class="soft">{t.document.noValues}</p> : null
  }
  return (
    <section class="card">
      <div class="row">
        <h2>{t.document.values}</h2>
        {paper.values_to_review === 0 && <Link to={`/app/records/${paper.id}/review`}>{t.check}</Link>}
      </div>
      <ul class="rows">
        {values.map((value) => {
          const { name, text, range } = valueWords(value)
          return (
            <li key={value.id}>
              <span class="grow">
                <strong dir="auto">{name}</strong>
                <small class="soft" dir="auto">
                  {range}
                </small>
              </span>
              <span dir="auto">{text}</span>
              <span class={`tag ${LOOKS[value.state]}`}>{t.review.states[value.state]}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const LOOKS = { unconfirmed: 'warn', accepted: 'good', corrected: 'good', rejected: '' } as const

function About({ paper }: { readonly paper: Paper }) {
  const t = recordsTexts()
  const d = t.document
  const kept = paper.expires_at === null ? d.forever : d.until(day(paper.expires_at))
  const facts: (readonly [string, string | null])[] = [
    [d.kind, t.documentTypes[paper.document_type]],
    [d.date, paper.document_date === null ? null : partOfDay(paper.document_date)],
    [d.doctor, paper.doctor_name],
    [d.place, paper.hospital_name],
    [d.patient, paper.patient_name],
    [d.notes, paper.notes],
    [d.added, `${dayAndClock(paper.created_at)} · ${sourceWord(paper.source)}`],
    [d.file, paper.file_name === null ? null : listed([apart(paper.file_name), sizeOf(paper)].filter(Boolean))],
    [d.read, paper.reading_method === null ? null : d.methods[paper.reading_method]],
    [d.kept, kept],
  ]
  return (
    <section class="card">
      <h2>{d.about}</h2>
      <Facts facts={facts} />
      {paper.has_file && paper.mime_type === 'application/dicom' && (
        <DrawnPicture id={paper.id} title={clinicTexts().picture(1)} />
      )}
      {paper.has_file && (
        <div class="actions">
          <a class="button quiet" href={fileOf(paper.id)} download>
            {d.open}
          </a>
        </div>
      )}
    </section>
  )
}

function sizeOf({ file_size: bytes, page_count: pages }: Paper): string {
  const t = recordsTexts().document
  const size =
    bytes === null ? [] : [apart(bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`)]
  return listed([...size, ...(pages === null ? [] : [t.pages(pages)])])
}

/** What was read, page by page; open at a page where the search was led there by its words. */
function Text({ id }: { readonly id: string }) {
  const t = recordsTexts()
  const answer = useQuery(documentText, { id })
  const pages = answer.value?.pages ?? []
  const at = Number(new URLSearchParams(location.search).get('page'))
  const wanted = useRef<HTMLPreElement>(null)
  useEffect(() => wanted.current?.scrollIntoView(), [answer.value === undefined])
  if (pages.join('').trim() === '') return null
  return (
    <details class="card" open={at > 0}>
      <summary>{t.document.text}</summary>
      {pages.map((text, index) => (
        <Fragment key={index}>
          {pages.length > 1 && <small class="soft">{t.review.pageOf(index + 1)}</small>}
          <pre class="paper-text" dir="auto" ref={index + 1 === at ? wanted : undefined}>
            {text}
          </pre>
        </Fragment>
      ))}
    </details>
  )
}
