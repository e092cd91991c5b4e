import { command, query, stream } from '../../../kernel/contract.ts'
import {
  instant,
  list,
  object,
  oneOf,
  optional,
  record,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import {
  count,
  idInput,
  ifMatch,
  maybe,
  nullableText,
  numberedPage,
  pageFields,
  patchTwin,
  time,
  versionFields,
} from './common.ts'
import { person } from './shapes.ts'

export const MODALITIES = [
  'CT',
  'MRI',
  'XRAY',
  'US',
  'PET',
  'SPECT',
  'CR',
  'DX',
  'MG',
  'NM',
  'XA',
  'RF',
  'OCT',
  'ECG',
  'ES',
  'OT',
] as const
export const STUDY_STATUSES = ['SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'FAILED'] as const

const studyFields = {
  body_part: maybe(text(100)),
  status: maybe(oneOf(STUDY_STATUSES)),
  description: maybe(text(500)),
  findings: maybe(text(20_000)),
  impression: maybe(text(5000)),
  facility: maybe(text(200)),
  performed_by: maybe(text(200)),
  referred_by: maybe(text(200)),
  accession_number: maybe(text(60)),
  study_uid: maybe(text(64, { pattern: '^[0-9.]+$' })),
  notes: maybe(text(2000)),
  record_metadata: maybe(record(50)),
}

export const ImagingStudy = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  modality: oneOf(MODALITIES),
  body_part: nullableText,
  status: oneOf(STUDY_STATUSES),
  description: nullableText,
  findings: nullableText,
  impression: nullableText,
  study_date: time,
  facility: nullableText,
  performed_by: nullableText,
  referred_by: nullableText,
  accession_number: nullableText,
  study_uid: nullableText,
  notes: nullableText,
  record_metadata: Type.Record(Type.String(), Type.Unknown()),
  images: count,
  dicom_files: count,
  created_at: time,
  updated_at: time,
})
export type ImagingStudy = Static<typeof ImagingStudy>

export const ImagingFile = object({
  id: uuid(),
  study_id: uuid(),
  /** Its file is read at `/documents/{document_id}/download`. */
  document_id: uuid(),
  kind: oneOf(['image', 'dicom']),
  header: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  created_at: time,
})

const files = object({ items: list(ImagingFile, 2000) })

export const imagingOperations = {
  createStudy: command({
    summary: 'Write an imaging study',
    route: 'POST /imaging/studies',
    access: person,
    status: 201,
    input: object({ modality: oneOf(MODALITIES), study_date: instant(), ...studyFields }),
    output: ImagingStudy,
  }),
  listStudies: query({
    summary: 'Imaging studies, newest first',
    route: 'GET /imaging/studies',
    access: person,
    input: object({
      modality: optional(oneOf(MODALITIES)),
      body_part: optional(text(100)),
      status: optional(oneOf(STUDY_STATUSES)),
      from: optional(instant()),
      to: optional(instant()),
      ...pageFields,
    }),
    output: numberedPage(ImagingStudy),
  }),
  getStudy: query({
    summary: 'One imaging study',
    route: 'GET /imaging/studies/:id',
    access: person,
    input: idInput,
    output: ImagingStudy,
    errors: ['not_found'],
  }),
  updateStudy: command({
    summary: 'Change an imaging study',
    route: 'PUT /imaging/studies/:id',
    aliases: patchTwin('/imaging/studies/:id'),
    access: person,
    headers: ifMatch,
    input: object({
      id: uuid(),
      modality: optional(oneOf(MODALITIES)),
      study_date: optional(instant()),
      ...studyFields,
      ...versionFields,
    }),
    output: ImagingStudy,
    errors: ['not_found', 'precondition_failed'],
  }),
  deleteStudy: command({
    summary: 'Delete an imaging study; its files stay as documents',
    route: 'DELETE /imaging/studies/:id',
    access: person,
    status: 204,
    headers: ifMatch,
    input: object({ id: uuid(), if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'precondition_failed'],
  }),
  listStudyImages: query({
    summary: 'The pictures of a study',
    route: 'GET /imaging/studies/:id/images',
    access: person,
    input: idInput,
    output: files,
    errors: ['not_found'],
  }),
  listStudyDicom: query({
    summary: 'The DICOM files of a study, with what their headers say',
    route: 'GET /imaging/studies/:id/dicom',
    access: person,
    input: idInput,
    output: files,
    errors: ['not_found'],
  }),
}

const parameters = { file_name: 'Name of the file where it is the body itself' }

export const imagingStreams = {
  addStudyImage: stream({
    summary: 'Add a JPEG or PNG picture to a study: multipart/form-data with a part `file`, or the file itself',
    kind: 'command',
    route: 'POST /imaging/studies/:id/images',
    access: person,
    produces: ['application/json'],
    parameters,
  }),
  addStudyDicom: stream({
    summary: 'Add a DICOM file to a study; its header is read, names of people in it are left out',
    kind: 'command',
    route: 'POST /imaging/studies/:id/dicom',
    access: person,
    produces: ['application/json'],
    parameters,
  }),
}
