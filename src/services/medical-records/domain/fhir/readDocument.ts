import type { DocumentType } from '../../contract/shapes.ts'
import { codingsOf } from '../fhirImport/codings.ts'
import { type Json, objectOf, objectsOf, textIn } from '../fhirImport/json.ts'
import { DOCUMENT_CODES } from './document.ts'

/** What of a DocumentReference a document holds. */
export interface ReadDocument {
  readonly documentType: DocumentType | undefined
  readonly title: string | undefined
  readonly documentDate: string | null
  readonly doctor: string | undefined
  readonly hospital: string | undefined
  readonly notes: string | undefined
  /** The file in base64; undefined where the resource brings none. */
  readonly data: string | undefined
}

/** The document of a current DocumentReference with one attachment; undefined for others. */
export function readDocument(resource: Json): ReadDocument | undefined {
  const contents = objectsOf(resource.content)
  const attachment = objectOf(contents[0]?.attachment)
  if (resource.status !== 'current' || contents.length !== 1 || attachment === undefined) return undefined
  const loinc = codingsOf(resource.type).find((one) => one.system === 'http://loinc.org')?.code
  const words = textIn(objectOf(resource.type)?.text)
  const byWords = Object.keys(DOCUMENT_CODES).find((type) => type.replaceAll('_', ' ') === words)
  const byCode = Object.entries(DOCUMENT_CODES).find(([, [code]]) => code === loinc)?.[0]
  return {
    documentType: (byWords ?? byCode) as DocumentType | undefined,
    title: fit(attachment.title ?? words, 200),
    documentDate: /^\d{4}-\d{2}-\d{2}/.exec(textIn(attachment.creation) ?? '')?.[0] ?? null,
    doctor: fit(objectsOf(resource.author)[0]?.display, 200),
    hospital: fit(objectOf(resource.custodian)?.display, 200),
    notes: fit(resource.description, 5000),
    data: textIn(attachment.data),
  }
}

function fit(value: unknown, longest: number): string | undefined {
  const text =
    textIn(value)
      ?.replaceAll(/\p{Cc}+/gu, ' ')
      .trim() ?? ''
  return text === '' || text.length > longest ? undefined : text
}
