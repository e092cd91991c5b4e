import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { dayAndClock } from '../../../web/format.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { modalityWord, ReplaceForm, ReportForm, StudyForm } from './ClinicForms.tsx'
import { clinicWord, type Report, reportWord, type Study, studyTitle } from './clinic.ts'
import { clinicTexts } from './clinicTexts.ts'
import { Delete } from './Delete.tsx'
import { DrawnPicture } from './DrawnPicture.tsx'
import {
  changeReportStatus,
  deleteReport,
  deleteStudy,
  getReport,
  getStudy,
  listStudyDicom,
  listStudyImages,
  reportAuditLogs,
  reportVersions,
} from './endpoints.ts'
import { Facts } from './Facts.tsx'
import { addToStudy, fileOf } from './sendFile.ts'
import { recordsTexts } from './texts.ts'
import { partOfDay } from './timeline.ts'
import { FileButton } from './Upload.tsx'

type Params = Readonly<Record<string, string>>

/** What the radiologist found, with its pictures. */
export function StudyPage({ params: { id = '' } }: { readonly params: Params }) {
  const answer = useQuery(getStudy, { id })
  const study = answer.value
  const title = study === undefined ? recordsTexts().one.imaging : studyTitle(study)
  return (
    <Page
      title={title}
      back={['/app/records', recordsTexts().title]}
      missing={missingOf(answer, recordsTexts().one.imaging)}
    >
      <Shown answer={answer}>{(one) => <OneStudy study={one} />}</Shown>
    </Page>
  )
}

function OneStudy({ study }: { readonly study: Study }) {
  const t = clinicTexts()
  const [isChanged, setChanged] = useState(false)
  if (isChanged) return <StudyForm row={study} onDone={() => setChanged(false)} />
  return (
    <>
      <section class="card">
        <h2>{recordsTexts().one.imaging}</h2>
        <Facts
          facts={[
            [t.date, partOfDay(study.study_date)],
            [recordsTexts().document.kind, modalityWord(study.modality)],
            [t.status, clinicWord(study.status)],
            [t.bodyPart, study.body_part],
            [t.facility, study.facility],
            [t.by, study.performed_by],
            [t.referred, study.referred_by],
            [t.accession, study.accession_number],
            [recordsTexts().entry.notes, study.notes],
          ]}
        />
        <Change onPick={setChanged} />
      </section>
      <Written title={t.impression} text={study.impression} />
      <Written title={t.findings} text={study.findings} />
      <Files id={study.id} />
      <p class="footer">
        <Delete title={studyTitle(study)} text={t.removeStudy} work={() => call(deleteStudy, { id: study.id })} />
      </p>
    </>
  )
}

function Change({ onPick }: { readonly onPick: (isChanged: true) => void }) {
  return (
    <p>
      <button type="button" class="button quiet" onClick={() => onPick(true)}>
        {clinicTexts().edit}
      </button>
    </p>
  )
}

/** What somebody wrote, with the lines as they were written. */
function Written({ title, text }: { readonly title: string; readonly text: string | null }) {
  if (text === null) return null
  return (
    <section class="card">
      <h2>{title}</h2>
      <p class="written" dir="auto">
        {text}
      </p>
    </section>
  )
}

function Files({ id }: { readonly id: string }) {
  const t = clinicTexts()
  const images = useQuery(listStudyImages, { id }).value?.items ?? []
  const dicom = useQuery(listStudyDicom, { id }).value?.items ?? []
  const add = async (file: File | undefined) => {
    if (file === undefined) return
    await addToStudy(id, file)
    refresh()
    say(recordsTexts().entry.saved)
  }
  return (
    <section class="card">
      <h2>{t.files}</h2>
      {images.length + dicom.length === 0 && <p class="soft">{t.noFiles}</p>}
      {images.map(({ document_id: file }, index) => (
        <a key={file} href={fileOf(file)} download>
          <img src={fileOf(file)} alt={t.picture(index + 1)} loading="lazy" style="max-inline-size: 100%" />
        </a>
      ))}
      {dicom.map(({ document_id: file }, index) => (
        <DrawnPicture key={file} id={file} title={t.dicom(index + 1)}>
          <a href={fileOf(file)} download>
            {recordsTexts().document.open}
          </a>
        </DrawnPicture>
      ))}
      <p>
        <FileButton word={t.addFile} accept="image/jpeg,image/png,.dcm" onFile={(file) => add(file).catch(complain)} />
      </p>
    </section>
  )
}

/** A report with its status, every content it had, and what was done with it. */
export function ReportPage({ params: { id = '' } }: { readonly params: Params }) {
  const answer = useQuery(getReport, { id })
  return (
    <Page
      title={answer.value?.title ?? recordsTexts().one.reports}
      back={['/app/records', recordsTexts().title]}
      missing={missingOf(answer, recordsTexts().one.reports)}
    >
      <Shown answer={answer}>{(one) => <OneReport report={one} />}</Shown>
    </Page>
  )
}

function OneReport({ report }: { readonly report: Report }) {
  const t = clinicTexts()
  const [isChanged, setChanged] = useState(false)
  if (isChanged) return <ReportForm row={report} onDone={() => setChanged(false)} />
  // What is published is not written over.
  const isOpen = report.status === 'DRAFT' || report.allowed_next.includes('DRAFT')
  return (
    <>
      <section class="card">
        <h2>{reportWord(report)}</h2>
        <Facts
          facts={[
            [t.date, partOfDay(report.report_date)],
            [t.status, clinicWord(report.status)],
            [t.priority, report.priority === 'NORMAL' ? null : clinicWord(report.priority)],
            [t.by, report.author],
            [t.facility, report.facility],
          ]}
        />
        <Steps report={report} />
        {isOpen && <Change onPick={setChanged} />}
      </section>
      <Written title={t.summary} text={report.summary} />
      <Written title={t.content} text={report.content} />
      <History id={report.id} />
      <p class="footer">
        <Delete title={report.title} text={t.removeReport} work={() => call(deleteReport, { id: report.id })} />
      </p>
    </>
  )
}

/** Where the report may go from here; of one that is replaced the other is asked for. */
function Steps({ report }: { readonly report: Report }) {
  const t = clinicTexts()
  const { id, version, allowed_next: next } = report
  const [isReplaced, setReplaced] = useState(false)
  const move = async (status: Report['status']) => {
    if (status === 'SUPERSEDED') return setReplaced(true)
    await call(changeReportStatus, { id, status, version })
    refresh()
    say(t.moved)
  }
  if (next.length === 0) return null
  return (
    <>
      <fieldset class="chips">
        <legend class="soft">{t.next}</legend>
        {next.map((status) => (
          <button key={status} type="button" class="button quiet" onClick={() => move(status).catch(complain)}>
            {clinicWord(status)}
          </button>
        ))}
      </fieldset>
      {isReplaced && (
        <Dialog title={clinicWord('SUPERSEDED')} onClose={() => setReplaced(false)}>
          <ReplaceForm row={report} onDone={() => setReplaced(false)} />
        </Dialog>
      )}
    </>
  )
}

function History({ id }: { readonly id: string }) {
  const t = clinicTexts()
  const versions = useQuery(reportVersions, { id, size: 50 })
  const steps = useQuery(reportAuditLogs, { id, size: 50 })
  return (
    <section class="card">
      <h2>{t.versions}</h2>
      {(versions.value?.items ?? []).map((one) => (
        <details key={one.revision}>
          <summary>
            {t.version(one.revision)} · {dayAndClock(one.created_at)}
          </summary>
          <p class="written" dir="auto">
            {[one.reason, one.title, one.content].filter(Boolean).join('\n\n')}
          </p>
        </details>
      ))}
      <h2>{t.history}</h2>
      <ul class="rows">
        {(steps.value?.items ?? []).map((one) => (
          <li key={one.created_at}>
            <span class="grow">
              {clinicWord(one.action === 'changed' ? one.action : (one.to_status ?? one.action))}
              <small class="soft" dir="auto">
                {[dayAndClock(one.created_at), one.reason].filter(Boolean).join(' · ')}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
