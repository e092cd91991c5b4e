import type { OutputOf } from '../../../kernel/contract.ts'
import type { Static } from '../../../kernel/fields.ts'
import { lookedAt, Problem } from '../../../web/client/endpoint.ts'
import type { Analysis as AnalysisShape } from '../contract/healthRecordShapes.ts'
import type { medicalRecords } from '../contract.ts'
import type { Paper } from './timeline.ts'

type Import = OutputOf<(typeof medicalRecords)['operations']['getImport']>
export type Analysis = Static<typeof AnalysisShape>

export const POLICIES = ['permanent', 'temporary', 'do_not_store'] as const
export type Policy = (typeof POLICIES)[number]

/** What became of a file that was sent. */
export type Sent =
  | { readonly kind: 'paper'; readonly paper: Paper; readonly isKnown: boolean; readonly isMade: boolean }
  | { readonly kind: 'import'; readonly imported: Import }
  | { readonly kind: 'only-read'; readonly analysis: Analysis }

/** Where the beginning of a file shows that a laboratory or clinic wrote it for programs to read. */
const CLINIC = /^\s*(MSH\||FHS\||BHS\||<\?xml|<ClinicalDocument|[[{])/

/**
 * A HEIC photo as the JPEG that this browser makes of it; the file itself where it can't, or it is another. Safari can; the
 * server can only where its operator installed a program for it.
 */
async function readable(file: File): Promise<File> {
  if (!/\.(heic|heif)$/i.test(file.name) && !/^image\/hei[cf]/.test(file.type)) return file
  try {
    const picture = await createImageBitmap(file)
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height })
    canvas.getContext('2d')?.drawImage(picture, 0, 0)
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
    return made === null ? file : new File([made], file.name.replace(/\.\w+$/, '.jpg'), { type: made.type })
  } catch {
    return file
  }
}

/** Sends a file to where it is read. `onProgress` hears how much of it has gone, from 0 to 1. Throws a `Problem`. */
export async function sendFile(file: File, policy: Policy, onProgress: (share: number) => void): Promise<Sent> {
  const sent = await readable(file)
  const head = await sent.slice(0, 400).text()
  if (CLINIC.test(head.replace(/^\uFEFF/, ''))) {
    return { kind: 'import', imported: (await post('/lab-results/upload', sent, onProgress)) as Import }
  }
  const form = new FormData()
  form.set(policy === 'do_not_store' ? 'storage_type' : 'storage_policy', policy)
  form.set('file', sent)
  if (policy === 'do_not_store') {
    return { kind: 'only-read', analysis: (await post('/health-records/analyze', form, onProgress)) as Analysis }
  }
  const paper = (await post('/documents/upload', form, onProgress)) as Paper & { readonly is_duplicate: boolean }
  return { kind: 'paper', paper, isKnown: paper.is_duplicate, isMade: sent !== file }
}

/** Adds a picture or a DICOM file to an imaging study. Throws a `Problem`. */
export async function addToStudy(id: string, file: File): Promise<void> {
  await post(`/imaging/studies/${id}/${file.type.startsWith('image/') ? 'images' : 'dicom'}`, file, () => {})
}

/** `fetch` can't say how far a request has gone. */
function post(path: string, body: File | FormData, onProgress: (share: number) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1${path}`)
    request.setRequestHeader('accept', 'application/json')
    const person = lookedAt.get()
    if (person !== undefined) request.setRequestHeader('x-profile-id', person)
    if (body instanceof File) request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total)
    request.onerror = () => reject(new Problem(0, {}))
    request.onload = () => {
      const answer = parsed(request.responseText)
      if (request.status < 300) resolve(answer)
      else reject(new Problem(request.status, answer))
    }
    request.send(body)
  })
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** The address of the file of a paper, for a link or a picture. */
export function fileOf(id: string, what = 'download'): string {
  const person = lookedAt.get()
  return `/api/v1/documents/${id}/${what}${person === undefined ? '' : `?profile_id=${person}`}`
}
