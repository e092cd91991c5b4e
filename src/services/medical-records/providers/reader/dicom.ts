import { parseDate } from '../../../../shared/dates.ts'
import type { Extract } from '../../domain/extract/extract.ts'
import { DicomFault, openDicom } from '../../domain/imaging/dataset.ts'
import { dicomPatient, readDicom, studyOf } from '../../domain/imaging/dicom.ts'
import { dicomFrame, framesOf } from '../../domain/imaging/pixels.ts'
import { decodePicture, type GreyPicture } from './picture.ts'
import { ReadingError } from './protocol.ts'

const PIXEL_DATA = 0x7fe00010
/** Words of a header that say what a picture is. */
const SHOWN = [
  'study_description',
  'series_description',
  'modality',
  'body_part',
  'institution',
  'manufacturer',
] as const

/** The study that a DICOM file belongs to, as a value that waits for the person, and whom the file names. */
export function readDicomFile(bytes: Uint8Array): { readonly pageCount: number; readonly extract: Extract } {
  try {
    const header = readDicom(bytes)
    const read = studyOf(header)
    const content = { ...read, observed_on: parseDate(read.observed_on ?? '') === undefined ? null : read.observed_on }
    const doubts = content.observed_on === null ? (['date_missing'] as const) : []
    const line = SHOWN.map((name) => header[name])
      .filter(Boolean)
      .join(', ')
    const finding = { kind: 'imaging_study', content, page: 1, box: null, line, confidence: 100, doubts } as const
    return { pageCount: framesIn(bytes), extract: extractOf(finding, line, dicomPatient(bytes)) }
  } catch (error) {
    if (error instanceof DicomFault) throw new ReadingError('damaged')
    throw error
  }
}

function extractOf(finding: Extract['findings'][number], line: string, patient: string | undefined): Extract {
  const { observed_on, facility } = finding.content as ReturnType<typeof studyOf>
  const facts = {
    documentType: 'radiology' as const,
    date: observed_on ?? undefined,
    isDateAmbiguous: false,
    doctor: undefined,
    hospital: facility ?? undefined,
    patient,
  }
  return { facts, findings: [finding], texts: [line], method: 'text', confidence: undefined }
}

function framesIn(bytes: Uint8Array): number {
  return framesOf(openDicom(bytes, 0x00280011))
}

/** The picture of a frame, counted from 1; undefined where nothing here draws it. */
export function drawDicom(bytes: Uint8Array, frame: number, maximumPixels: number): GreyPicture | undefined {
  try {
    const drawn = dicomFrame(openDicom(bytes, PIXEL_DATA), frame, maximumPixels)
    if (drawn === undefined) return undefined
    return 'jpeg' in drawn ? decodePicture(Buffer.from(drawn.jpeg), maximumPixels) : drawn
  } catch (error) {
    if (error instanceof DicomFault) throw new ReadingError('damaged')
    throw error
  }
}
