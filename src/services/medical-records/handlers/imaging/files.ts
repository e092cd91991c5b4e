import { PlatformError } from '../../../../kernel/errors.ts'
import { peek, takeUpload } from '../../../../kernel/http/uploads.ts'
import type { Context, StreamHandler } from '../../../../kernel/service.ts'
import { fileTypeOf } from '../../domain/fileTypes.ts'
import { DicomFault } from '../../domain/imaging/dataset.ts'
import { type DicomHeader, readDicom } from '../../domain/imaging/dicom.ts'
import { linkFile } from '../../store/imaging.ts'
import { addDocument, keepFile } from '../documents/upload.ts'
import { existingStudy, fileOf } from './imaging.ts'

/** What of a DICOM file is looked at: headers with large private parts fit. */
const HEADER_BYTES = 524_288
const SNIFFED_BYTES = 4096
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const addStudyImage: StreamHandler = (context, request) =>
  addFile(context, request, 'image', SNIFFED_BYTES, (head) => {
    const type = fileTypeOf(head)
    if (type?.reading !== 'picture') throw unsupported('Only JPEG and PNG pictures are taken here')
    return {}
  })

export const addStudyDicom: StreamHandler = (context, request) =>
  addFile(context, request, 'dicom', HEADER_BYTES, (head) => {
    try {
      return readDicom(head)
    } catch (error) {
      if (error instanceof DicomFault) throw unsupported(error.message)
      throw error
    }
  })

/** Keeps a file as a document of the record, and links it to its study. */
async function addFile(
  context: Context,
  request: Parameters<StreamHandler>[1],
  kind: 'image' | 'dicom',
  headBytes: number,
  read: (head: Uint8Array) => DicomHeader,
) {
  const id = request.params.id ?? ''
  const study = await existingStudy(context, UUID.test(id) ? id : '00000000-0000-0000-0000-000000000000')
  const { result } = await takeUpload(request, async ({ name, content }) => {
    const { head, whole } = await peek(content, headBytes)
    const header = read(head)
    return { header, file: await keepFile(context, { name, content: whole }) }
  })
  const { row } = await addDocument(context, result.file, {
    title: undefined,
    documentType: 'radiology',
    tags: [],
    policy: 'permanent',
    source: 'upload',
    isDraft: false,
  })
  const file = { id: context.newId(), study_id: study.id, document_id: row.id, kind, header: result.header }
  const linked = await linkFile(context.db, context.personId, file, context.now())
  return {
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(fileOf(linked)),
  }
}

function unsupported(message: string): PlatformError {
  return new PlatformError('unsupported_media_type', message)
}
