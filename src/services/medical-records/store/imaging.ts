import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { ImagingStudy } from '../contract/imaging.ts'

export interface StudyRow {
  readonly id: string
  readonly user_id: string
  readonly version: number
  readonly modality: ImagingStudy['modality']
  readonly body_part: string | null
  readonly status: ImagingStudy['status']
  readonly description: string | null
  readonly findings: string | null
  readonly impression: string | null
  readonly studied_at: Date
  readonly facility: string | null
  readonly performed_by: string | null
  readonly referred_by: string | null
  readonly accession_number: string | null
  readonly study_uid: string | null
  readonly notes: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly images: number
  readonly dicom_files: number
}

export type NewStudy = Omit<StudyRow, 'user_id' | 'version' | 'created_at' | 'updated_at' | 'images' | 'dicom_files'>

export interface ImagingFileRow {
  readonly id: string
  readonly study_id: string
  readonly document_id: string
  readonly kind: 'image' | 'dicom'
  readonly header: Readonly<Record<string, string | number>>
  readonly created_at: Date
}

const written = sql`modality, body_part, status, description, findings, impression, studied_at, facility, performed_by, referred_by,
  accession_number, study_uid, notes, metadata`
const columns = sql`s.id, s.user_id, s.version, s.modality, s.body_part, s.status, s.description, s.findings, s.impression, s.studied_at,
  s.facility, s.performed_by, s.referred_by, s.accession_number, s.study_uid, s.notes, s.metadata, s.created_at, s.updated_at,
  (select count(*)::int from medical_records.imaging_file f where f.study_id = s.id and f.kind = 'image') as images,
  (select count(*)::int from medical_records.imaging_file f where f.study_id = s.id and f.kind = 'dicom') as dicom_files`

export async function insertStudy(
  transaction: Transaction,
  userId: string,
  study: NewStudy,
  now: Date,
): Promise<StudyRow> {
  const row = await transaction.one<StudyRow>(
    sql`insert into medical_records.imaging_study as s (id, user_id, created_at, updated_at, ${written})
      select id, ${userId}::uuid, ${now}::timestamptz, ${now}::timestamptz, ${written}
        from jsonb_populate_record(null::medical_records.imaging_study, ${JSON.stringify(study)}::jsonb)
      returning ${columns}`,
  )
  return row as StudyRow
}

/** Replaces what a study says, if it has the version still; undefined when it has not. */
export function updateStudy(
  transaction: Transaction,
  row: StudyRow,
  study: NewStudy,
  now: Date,
): Promise<StudyRow | undefined> {
  return transaction.one<StudyRow>(
    sql`update medical_records.imaging_study s set (${written}, updated_at, version) =
        (select ${written}, ${now}::timestamptz, ${row.version + 1}::integer
          from jsonb_populate_record(null::medical_records.imaging_study, ${JSON.stringify(study)}::jsonb))
      where id = ${row.id} and user_id = ${row.user_id} and version = ${row.version} returning ${columns}`,
  )
}

export function findStudy(db: Database, userId: string, id: string): Promise<StudyRow | undefined> {
  return db.one<StudyRow>(
    sql`select ${columns} from medical_records.imaging_study s where s.id = ${id} and s.user_id = ${userId}`,
  )
}

export function studiesByIds(db: Database, userId: string, ids: readonly string[]): Promise<StudyRow[]> {
  return db.many<StudyRow>(
    sql`select ${columns} from medical_records.imaging_study s where s.user_id = ${userId} and s.id = any(${ids}::uuid[])`,
  )
}

export async function deleteStudy(
  transaction: Transaction,
  userId: string,
  id: string,
  version: number | null,
): Promise<boolean> {
  const ofVersion = version === null ? nothing : sql` and version = ${version}`
  return (
    (await transaction.run(
      sql`delete from medical_records.imaging_study where id = ${id} and user_id = ${userId}${ofVersion}`,
    )) > 0
  )
}

export interface StudyFilter {
  readonly userId: string
  readonly modality?: string | undefined
  readonly bodyPart?: string | undefined
  readonly status?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export async function pageOfStudies(db: Database, filter: StudyFilter, skip: number, limit: number) {
  const [rows = [], counts = []] = await db.batch([
    sql`select ${columns} from medical_records.imaging_study s where ${matching(filter)}
      order by s.studied_at desc, s.id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.imaging_study s where ${matching(filter)}`,
  ])
  return { rows: rows as StudyRow[], total: (counts[0] as { total: number }).total }
}

function matching({ userId, modality, bodyPart, status, from, to }: StudyFilter): Statement {
  const ofModality = modality === undefined ? nothing : sql` and s.modality = ${modality}`
  const ofPart = bodyPart === undefined ? nothing : sql` and strpos(lower(s.body_part), lower(${bodyPart})) > 0`
  const ofStatus = status === undefined ? nothing : sql` and s.status = ${status}`
  const start = from === undefined ? nothing : sql` and s.studied_at >= ${from}`
  const end = to === undefined ? nothing : sql` and s.studied_at <= ${to}`
  return sql`s.user_id = ${userId}${ofModality}${ofPart}${ofStatus}${start}${end}`
}

/** Links a file to a study; the link of before when it is there already. */
export async function linkFile(
  db: Database,
  userId: string,
  file: Omit<ImagingFileRow, 'created_at'>,
  now: Date,
): Promise<ImagingFileRow> {
  const row = await db.one<ImagingFileRow>(
    sql`insert into medical_records.imaging_file (id, user_id, study_id, document_id, kind, header, created_at)
      values (${file.id}, ${userId}, ${file.study_id}, ${file.document_id}, ${file.kind}, ${JSON.stringify(file.header)}::jsonb, ${now})
      on conflict (study_id, document_id) do update set header = imaging_file.header || excluded.header
      returning id, study_id, document_id, kind, header, created_at`,
  )
  return row as ImagingFileRow
}

export function filesOf(db: Database, studyId: string, kind: 'image' | 'dicom'): Promise<ImagingFileRow[]> {
  return db.many<ImagingFileRow>(
    sql`select f.id, f.study_id, f.document_id, f.kind, f.header, f.created_at from medical_records.imaging_file f
      join medical_records.document d on d.id = f.document_id
      where f.study_id = ${studyId} and f.kind = ${kind} order by f.created_at, f.id limit 2000`,
  )
}

/** The study that a file is linked with, or the person's study of a number; undefined when there is none. */
export function studyOfFile(
  db: Database,
  userId: string,
  documentId: string,
  studyUid: string | null,
): Promise<StudyRow | undefined> {
  return db.one<StudyRow>(
    sql`select ${columns} from medical_records.imaging_study s where s.user_id = ${userId}
      and (s.study_uid = ${studyUid} or exists (select from medical_records.imaging_file f
        where f.study_id = s.id and f.document_id = ${documentId}))
      order by s.created_at limit 1`,
  )
}

/** Removes the links of a document that is a DICOM file; the studies that were made of findings and have no file left. */
export async function unlinkFile(
  transaction: Transaction,
  userId: string,
  documentId: string,
  findingIds: readonly string[],
): Promise<StudyRow[]> {
  const studies = await transaction.many<{ study_id: string }>(
    sql`delete from medical_records.imaging_file f using medical_records.imaging_study s
      where s.id = f.study_id and f.user_id = ${userId} and f.document_id = ${documentId}
        and f.kind = 'dicom' returning f.study_id`,
  )
  if (studies.length === 0) return []
  return transaction.many<StudyRow>(
    sql`delete from medical_records.imaging_study s where s.user_id = ${userId}
      and s.id = any(${studies.map((one) => one.study_id)}::uuid[]) and s.metadata ->> 'finding_id' = any(${findingIds})
      and not exists (select from medical_records.imaging_file f where f.study_id = s.id) returning ${columns}`,
  )
}
