import type { Transaction } from '../../../../kernel/database.ts'
import { notFound } from '../../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { ImagingStudy, imagingOperations } from '../../contract/imaging.ts'
import { medicalRecords } from '../../contract.ts'
import {
  deleteStudy,
  filesOf,
  findStudy,
  type ImagingFileRow,
  insertStudy,
  type NewStudy,
  pageOfStudies,
  type StudyRow,
  updateStudy,
} from '../../store/imaging.ts'
import {
  announceChange,
  announceFhir,
  anyInstant,
  changedMeanwhile,
  checkVersion,
  numbered,
  pagingOf,
  wantedVersion,
} from '../labs/common.ts'

type ImagingHandlers = Pick<Handlers<typeof medicalRecords>, keyof typeof imagingOperations>

const FIELDS = [
  'body_part',
  'description',
  'findings',
  'impression',
  'facility',
  'performed_by',
  'referred_by',
  'accession_number',
  'study_uid',
  'notes',
] as const

export const imagingHandlers: ImagingHandlers = {
  async createStudy(context, input) {
    const study: NewStudy = {
      id: context.newId(),
      modality: input.modality,
      status: input.status ?? 'COMPLETED',
      studied_at: anyInstant('study_date', input.study_date),
      metadata: input.record_metadata ?? null,
      ...textsOf(input, undefined),
    }
    return studyOf(await keepStudy(context, study))
  },

  async listStudies(context, input) {
    const paging = pagingOf(input)
    const filter = {
      userId: context.personId,
      modality: input.modality,
      bodyPart: input.body_part,
      status: input.status,
      from: input.from === undefined ? undefined : anyInstant('from', input.from),
      to: input.to === undefined ? undefined : anyInstant('to', input.to, true),
    }
    const { rows, total } = await pageOfStudies(context.db, filter, paging.skip, paging.limit)
    return numbered(rows.map(studyOf), total, paging)
  },

  async getStudy(context, { id }) {
    return studyOf(await existingStudy(context, id))
  },

  async updateStudy(context, { id, ...input }) {
    const row = await existingStudy(context, id)
    checkVersion(input, row.version)
    const study: NewStudy = {
      id,
      modality: input.modality ?? row.modality,
      status: input.status ?? row.status,
      studied_at: input.study_date === undefined ? row.studied_at : anyInstant('study_date', input.study_date),
      metadata: input.record_metadata === undefined ? row.metadata : input.record_metadata,
      ...textsOf(input, row),
    }
    return studyOf(await changeStudy(context, row, study))
  },

  async deleteStudy(context, { id, ...input }) {
    const version = wantedVersion(input)
    const row = await existingStudy(context, id)
    return context.transact(async (transaction) => {
      if (!(await deleteStudy(transaction, context.personId, id, version))) throw changedMeanwhile()
      await announceStudy(context, transaction, row, 'deleted')
      return null
    })
  },

  listStudyImages: (context, { id }) => files(context, id, 'image'),
  listStudyDicom: (context, { id }) => files(context, id, 'dicom'),
}

/** Writes a study, and says so. */
export function keepStudy(context: Context, study: NewStudy): Promise<StudyRow> {
  return context.transact(async (transaction) => {
    const row = await insertStudy(transaction, context.personId, study, context.now())
    await announceStudy(context, transaction, row, 'added')
    return row
  })
}

/** Replaces what a study says, and says so. 412 when it has another version now. */
export function changeStudy(context: Context, before: StudyRow, study: NewStudy): Promise<StudyRow> {
  return context.transact(async (transaction) => {
    const after = await updateStudy(transaction, before, study, context.now())
    if (after === undefined) throw changedMeanwhile()
    await announceStudy(context, transaction, after, 'corrected')
    return after
  })
}

export async function existingStudy(context: Context, id: string): Promise<StudyRow> {
  const row = await findStudy(context.db, context.personId, id)
  if (row === undefined) throw notFound('Imaging study')
  return row
}

export function studyOf(row: StudyRow): ImagingStudy {
  const { studied_at, metadata, created_at, updated_at, ...rest } = row
  return {
    ...rest,
    study_date: studied_at.toISOString(),
    record_metadata: { ...metadata },
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }
}

export function fileOf({ created_at, header, ...row }: ImagingFileRow) {
  return { ...row, header: { ...header }, created_at: created_at.toISOString() }
}

export async function announceStudy(
  context: Context,
  transaction: Transaction,
  row: StudyRow,
  status: string,
): Promise<void> {
  await announceChange(context, transaction, medicalRecords.events.imagingStudyChanged, {
    resourceType: 'imaging_study',
    ids: [row.id],
    status,
  })
  await announceFhir(context, transaction, [{ type: 'ImagingStudy', id: row.id }])
}

async function files(context: Context, id: string, kind: 'image' | 'dicom') {
  await existingStudy(context, id)
  return { items: (await filesOf(context.db, id, kind)).map(fileOf) }
}

type Texts = Pick<NewStudy, (typeof FIELDS)[number]>

function textsOf(input: Partial<Record<(typeof FIELDS)[number], string | null>>, before: Texts | undefined): Texts {
  const entries = FIELDS.map((field) => [field, input[field] === undefined ? (before?.[field] ?? null) : input[field]])
  return Object.fromEntries(entries) as Texts
}
