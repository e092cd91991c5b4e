import { decryptedText, encryptedText } from '../../../../kernel/encryption.ts'
import type { Context } from '../../../../kernel/service.ts'

/** What a document says about itself; encrypted as one value. */
export interface Details {
  readonly title: string
  readonly file_name?: string | undefined
  readonly doctor_name?: string | undefined
  readonly hospital_name?: string | undefined
  readonly patient_name?: string | undefined
  readonly notes?: string | undefined
  readonly warnings?: readonly string[]
}

type Encrypting = Pick<Context, 'personId' | 'ports'>

const DETAILS = 'medical_records.document.details'
const CONTENT = 'medical_records.document.content'
const FINDING = 'medical_records.finding.content'
const DECIDED = 'medical_records.finding.decided'
/** Between the pages of a text. */
const PAGE_BREAK = '\f'

export async function sealDetails(context: Encrypting, id: string, details: Details): Promise<Buffer> {
  return (await encryptedText(context, DETAILS, JSON.stringify(details), id)) as Buffer
}

export async function openDetails(context: Encrypting, row: { id: string; details: Buffer }): Promise<Details> {
  return JSON.parse((await decryptedText(context, DETAILS, row.details, row.id)) as string) as Details
}

export function sealPages(context: Encrypting, id: string, pages: readonly string[]): Promise<Buffer | null> {
  const text = pages.map((page) => page.replaceAll(PAGE_BREAK, '\n').replaceAll('\u0000', '')).join(PAGE_BREAK)
  return encryptedText(context, CONTENT, text === '' ? null : text, id)
}

/** The pages of a text; none where nothing was read. */
export async function openPages(context: Encrypting, id: string, content: Buffer | null): Promise<string[]> {
  const text = await decryptedText(context, CONTENT, content, id)
  return text === null ? [] : text.split(PAGE_BREAK)
}

export async function sealFinding(context: Encrypting, id: string, content: object): Promise<Buffer> {
  return (await encryptedText(context, FINDING, JSON.stringify(content), id)) as Buffer
}

export async function openFinding<Content>(
  context: Encrypting,
  row: { id: string; content: Buffer },
): Promise<Content> {
  return JSON.parse((await decryptedText(context, FINDING, row.content, row.id)) as string) as Content
}

export async function sealDecided(context: Encrypting, id: string, content: object): Promise<Buffer> {
  return (await encryptedText(context, DECIDED, JSON.stringify(content), id)) as Buffer
}

/** As the person took it; undefined where they have not. */
export async function openDecided<Content>(
  context: Encrypting,
  row: { id: string; decided: Buffer | null },
): Promise<Content | undefined> {
  const text = await decryptedText(context, DECIDED, row.decided, row.id)
  return text === null ? undefined : (JSON.parse(text) as Content)
}
