import type { ImagingStudy } from '../../contract/imaging.ts'
import { DicomFault, openDicom } from './dataset.ts'

/** What is read of the header of a DICOM file. Names, numbers and birth dates of people are not among it. */
export type DicomHeader = Readonly<Record<string, string | number>>

/** Elements that are kept, by group and element; numbers are the 16-bit ones. */
const KEPT: Readonly<Record<number, readonly [name: string, kind: 'text' | 'number']>> = {
  524310: ['sop_class_uid', 'text'],
  524312: ['sop_instance_uid', 'text'],
  524320: ['study_date', 'text'],
  524336: ['study_time', 'text'],
  524384: ['modality', 'text'],
  524400: ['manufacturer', 'text'],
  524416: ['institution', 'text'],
  528432: ['study_description', 'text'],
  528446: ['series_description', 'text'],
  1572885: ['body_part', 'text'],
  1572944: ['slice_thickness_mm', 'text'],
  2097165: ['study_uid', 'text'],
  2097166: ['series_uid', 'text'],
  2097169: ['series_number', 'text'],
  2097171: ['instance_number', 'text'],
  2621448: ['frames', 'text'],
  2621456: ['rows', 'number'],
  2621457: ['columns', 'number'],
}
const LAST_WANTED = 0x00280011
const PATIENT_NAME = 0x00100010

/**
 * Reads the header of a DICOM file from its beginning, and stops before the pixels.
 * @throws DicomFault for other files, big endian and deflated ones, and headers that are cut or point outside
 */
export function readDicom(bytes: Uint8Array): DicomHeader {
  const file = openDicom(bytes, LAST_WANTED)
  const header: Record<string, string | number> = { transfer_syntax: file.syntax }
  for (const tag of file.elements.keys()) {
    const [name, kind] = KEPT[tag] ?? []
    const value = kind === 'number' ? file.number(tag) : file.text(tag)
    if (name !== undefined && value !== undefined) header[name] = value
  }
  if (header.sop_class_uid === undefined && header.modality === undefined)
    throw new DicomFault('The header of the file is damaged')
  return header
}

/** Whom a file names, as people write it; undefined for nobody. Only to be compared: it is kept with no study. */
export function dicomPatient(bytes: Uint8Array): string | undefined {
  const [family = '', given = '', middle = ''] = (openDicom(bytes, LAST_WANTED).text(PATIENT_NAME) ?? '')
    .split('=', 1)
    .join('')
    .split('^')
  const name = [given, middle, family].map((part) => part.trim()).filter((part) => part !== '')
  return name.length === 0 ? undefined : name.join(' ').slice(0, 200)
}

/** The study that a file says it belongs to, as a person decides about it. */
export interface StudyContent {
  readonly name: string
  /** `YYYY-MM-DD`; null where the file says no day. */
  readonly observed_on: string | null
  readonly modality: ImagingStudy['modality']
  readonly body_part: string | null
  readonly facility: string | null
  readonly study_uid: string | null
  readonly series_uid: string | null
  readonly instance_uid: string | null
}

/** Modalities that the record calls otherwise than DICOM does. */
const MODALITY: Readonly<Record<string, ImagingStudy['modality']>> = {
  MR: 'MRI',
  PT: 'PET',
  OPT: 'OCT',
  OCT: 'OCT',
  RG: 'XRAY',
  CT: 'CT',
  US: 'US',
  CR: 'CR',
  DX: 'DX',
  MG: 'MG',
  NM: 'NM',
  XA: 'XA',
  RF: 'RF',
  ECG: 'ECG',
  ES: 'ES',
}

/** What a header says of its study. */
export function studyOf(header: DicomHeader): StudyContent {
  const said = (name: string, longest: number) => {
    const text = header[name]
    return typeof text === 'string' ? text.slice(0, longest) : null
  }
  const uid = (name: string) => /^[0-9.]{1,64}$/.exec(said(name, 80) ?? '')?.[0] ?? null
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(said('study_date', 20) ?? '') ?? []
  const body = said('body_part', 100)
  const modality = MODALITY[said('modality', 16) ?? ''] ?? 'OT'
  return {
    name:
      said('study_description', 200) ?? said('series_description', 200) ?? [modality, body].filter(Boolean).join(' '),
    observed_on: year === undefined ? null : `${year}-${month}-${day}`,
    modality,
    body_part: body,
    facility: said('institution', 200),
    study_uid: uid('study_uid'),
    series_uid: uid('series_uid'),
    instance_uid: uid('sop_instance_uid'),
  }
}
