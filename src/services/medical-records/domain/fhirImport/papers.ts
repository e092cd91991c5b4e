import { readDocument } from '../fhir/readDocument.ts'
import { readReport } from '../fhir/readReports.ts'
import { type ImportedDocument, type ImportedReport, type Skipped, tidy } from '../imported.ts'
import { type Json, numberIn, objectOf, objectsOf, textIn } from './json.ts'
import { dayOf, frameOf, wordsOf } from './resources.ts'

/** As much of a file as may come within a resource, in characters of base64. */
const LARGEST_DATA = 1_000_000
const LONGEST_REPORT = 100_000
const XML = /^(application|text)\/([\w.-]+\+)?xml/
/** Kinds of files that are kept, the best first: what is read before what is only kept. */
const KEPT = [/^application\/pdf/, /^text\/plain/, /^image\/(jpeg|png|tiff)/, XML, /^application\/json/]
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A paper that is a file at its clinic, of a current DocumentReference; why not, for others. One that comes for people and for
 * programs (XML, such as C-CDA) is both: from the second its entries are read.
 */
export function paperItems(resource: Json): readonly (ImportedDocument | Skipped)[] {
  const paper = paperItem(resource)
  if ('why' in paper || XML.test(paper.contentType.toLowerCase())) return [paper]
  const isXml = (file: Json | undefined) => XML.test((textIn(file?.contentType) ?? '').toLowerCase())
  const content = objectsOf(resource.content).filter((one) => isXml(objectOf(one.attachment)))
  const data = content.length === 0 ? undefined : paperItem({ ...resource, content })
  return data === undefined || 'why' in data ? [paper] : [paper, { ...data, key: `${data.key}|xml`.slice(0, 400) }]
}

function paperItem(resource: Json): ImportedDocument | Skipped {
  const where = wordsOf(resource.type) ?? 'DocumentReference'
  if (resource.status !== 'current') return { where, why: 'It was replaced or withdrawn' }
  const file = bestOf(objectsOf(resource.content).map((one) => objectOf(one.attachment)))
  if (file === undefined) return { where, why: 'It has no file of a kind that is kept here' }
  const read = readDocument({ ...resource, content: [{ attachment: file }] })
  const display = read?.title ?? tidy(textIn(resource.description), 200) ?? where
  const day = dayOf(textIn(resource.date)) ?? read?.documentDate ?? null
  return documentOf('DocumentReference', resource, file, {
    display,
    startedOn: day,
    documentType: read?.documentType ?? null,
    doctor: read?.doctor ?? null,
    facility: read?.hospital ?? null,
    notes: read?.notes ?? null,
  })
}

/**
 * A DiagnosticReport: with words of its own as a report, with a file as a paper. Undefined for one that only groups results,
 * which come by themselves.
 */
export function reportItem(resource: Json): ImportedReport | ImportedDocument | Skipped | undefined {
  const where = wordsOf(resource.code) ?? 'DiagnosticReport'
  if (resource.status === 'entered-in-error' || resource.status === 'cancelled')
    return { where, why: 'It was withdrawn' }
  const day = dayOf(textIn(resource.effectiveDateTime) ?? textIn(objectOf(resource.effectivePeriod)?.start))
  const read = readReport(resource)
  const content = read === undefined ? undefined : wordsIn(read.content)
  if (read !== undefined && content !== undefined && content.length <= LONGEST_REPORT) {
    const { reportType, title, summary, author, facility, status } = read
    const frame = frameOf('DiagnosticReport', resource, title, day)
    const text = summary?.slice(0, 300) ?? ''
    return { ...frame, kind: 'report', text, reportType, content, summary, author, facility, status }
  }
  const file = bestOf(objectsOf(resource.presentedForm))
  if (file !== undefined) {
    const [doctor = null, facility = null] = objectsOf(resource.performer).map((one) => tidy(textIn(one.display), 200))
    const facts = { display: where, startedOn: day, documentType: null, doctor, facility, notes: null }
    return documentOf('DiagnosticReport', resource, file, facts)
  }
  return objectsOf(resource.result).length > 0 ? undefined : { where, why: 'It has no words and no file' }
}

type Facts = Pick<ImportedDocument, 'display' | 'startedOn' | 'documentType' | 'doctor' | 'facility' | 'notes'>

function documentOf(type: string, resource: Json, file: Json, facts: Facts): ImportedDocument | Skipped {
  const data = textIn(file.data) ?? null
  if (data !== null && data.length > LARGEST_DATA)
    return { where: facts.display, why: 'Its file is too large to come within a resource' }
  const contentType = (textIn(file.contentType) ?? '').slice(0, 100)
  const url = data === null ? (textIn(file.url)?.slice(0, 2000) ?? null) : null
  const kilobytes = Math.round((numberIn(file.size) ?? (data?.length ?? 0) * 0.75) / 1000)
  const text = [contentType, ...(kilobytes > 0 ? [`${kilobytes} kB`] : [])].join(', ')
  return {
    ...facts,
    ...frameOf(type, resource, facts.display, facts.startedOn),
    kind: 'document',
    text,
    contentType,
    url,
    data,
  }
}

/** The attachment that is kept best of several forms of one paper. */
function bestOf(files: readonly (Json | undefined)[]): Json | undefined {
  const had = files.filter((one) => textIn(one?.data) !== undefined || textIn(one?.url) !== undefined)
  for (const kind of KEPT) {
    const found = had.find((one) => kind.test((textIn(one?.contentType) ?? '').toLowerCase()))
    if (found !== undefined) return found
  }
  // A clinic that does not say what a file is says nothing against it.
  return had.find((one) => (textIn(one?.contentType) ?? '') === '')
}

function wordsIn(content: { readonly text: string } | { readonly base64: string }): string | undefined {
  if ('text' in content) return content.text
  try {
    const text = UTF8.decode(Uint8Array.from(atob(content.base64), (one) => one.charCodeAt(0)))
    return text.trim() === '' || text.includes('\u0000') ? undefined : text
  } catch {
    return undefined
  }
}
